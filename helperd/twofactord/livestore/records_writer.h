#ifndef TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_RECORDS_WRITER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_RECORDS_WRITER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/base/username.h"
#include "common/livestore/bypass.h"
#include "common/livestore/layout.h"
#include "common/livestore/origin.h"
#include "common/otp/otp_parameters.h"
#include "helperd/twofactord/livestore/mapped_file.h"

namespace twofactor {

// A device of the vault, opened, on its way into the live store.
struct PublishedDevice {
  Username username;
  uid_t uid;
  std::uint32_t device;  // Its ordinal among the user's devices, 0 to 255.
  std::uint64_t slot;
  std::uint32_t generation;  // Newer than that of the slot's previous device.
  OtpParameters parameters;
  WallTime created;
  SecretBytes secret;  // 1 to kMaxSecretBytes bytes; empty if only the daemon uses it.
  DeviceKind kind = DeviceKind::kTotp;
  int skew = 0;  // Steps, up to kMaxSkew either way.
  // Earlier steps were used, as far as the vault knows. 0: the secret has no past, and accepts a
  // code of any step; with a past, at least 1.
  TimeStep first_step = 0;
  std::optional<Bypass> bypass = std::nullopt;  // Its user's.
  KnownOrigins origins = {};                    // Its user's, at a start of the daemon.
};

// Writes the records file (layout.h). A reader may look at any moment: the slot's older copy is
// overwritten, so one is whole even if the daemon is killed between two instructions. Not
// thread-safe: one writer.
class RecordsWriter {
 public:
  // Makes a new file with room for `slots`, not yet published. `origin_key` is the key of the known
  // origins' hashes. Fails like MappedFile.
  static Result<RecordsWriter> Create(const std::string& path, std::uint64_t store_id,
                                      std::uint64_t slots, const SipHashKey& origin_key = {});

  Result<void> Publish() { return file_.Publish(); }
  std::uint64_t slots() const;
  // Makes room for `slots`. If it fails, nothing changes.
  Result<void> GrowTo(std::uint64_t slots);

  // Writes the record beside the slot's current one, and supersedes it. If that is of the same
  // user, its origins stay. `device.slot` < slots().
  void Write(const PublishedDevice& device);
  // Writes the slot's current record again, with another bypass. Does nothing for a slot without a
  // record. `slot` < slots().
  void WriteBypass(std::uint64_t slot, const std::optional<Bypass>& bypass);
  // Does the same with other known origins.
  void WriteOrigins(std::uint64_t slot, const KnownOrigins& origins);
  // Wipes the copy that the newest record of the slot has superseded.
  void WipeOlder(std::uint64_t slot);
  // Wipes the slot.
  void Wipe(std::uint64_t slot);

 private:
  explicit RecordsWriter(MappedFile file) : file_(std::move(file)) {}

  layout::RecordSlot& At(std::uint64_t slot) const;
  // Writes the slot's current record, if there is one, again after `change`.
  template <typename Change>
  void Rewrite(std::uint64_t slot, Change change);
  // Makes `copy` the slot's current record and wipes `copy`; sets its sequence and its checksum.
  void Replace(std::uint64_t slot, layout::RecordCopy& copy);

  MappedFile file_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_RECORDS_WRITER_H_
