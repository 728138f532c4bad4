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

// A device as the vault holds it, opened, on its way into the live store.
struct PublishedDevice {
  Username username;
  uid_t uid;
  std::uint32_t device;  // Its ordinal among the user's devices, 0 to 255.
  std::uint64_t slot;
  std::uint32_t generation;  // Greater than that of whatever was in the slot before.
  OtpParameters parameters;
  WallTime created;
  SecretBytes secret;  // 1 to kMaxSecretBytes bytes; empty where only the daemon uses it.
  DeviceKind kind = DeviceKind::kTotp;
  int skew = 0;  // Steps, up to kMaxSkew either way.
  // Those before it were used, as far as the vault knows. 0: the secret has no past, and a code of
  // any step is its first; where it has one, at least 1.
  TimeStep first_step = 0;
  std::optional<Bypass> bypass = std::nullopt;  // Of its user.
  KnownOrigins origins = {};                    // Of its user, at a start of the daemon.
};

// Writes the records file (layout.h). A reader may look at any moment: the slot's older copy is
// overwritten, so one is whole even if the daemon is killed between two instructions. Not
// synchronised: one writer.
class RecordsWriter {
 public:
  // A new file with room for `slots`, not yet published. `origin_key` is that of the known origins'
  // hashes. Fails as MappedFile does.
  static Result<RecordsWriter> Create(const std::string& path, std::uint64_t store_id,
                                      std::uint64_t slots, const SipHashKey& origin_key = {});

  Result<void> Publish() { return file_.Publish(); }
  std::uint64_t slots() const;
  // Makes room for `slots`. On failure nothing has changed.
  Result<void> GrowTo(std::uint64_t slots);

  // Writes the record beside the slot's current one, which it outranks. Where that is of the same
  // user its origins stay. `device.slot` < slots().
  void Write(const PublishedDevice& device);
  // Writes the slot's current record once more, with another bypass. A slot without a record stays
  // as it is. `slot` < slots().
  void WriteBypass(std::uint64_t slot, const std::optional<Bypass>& bypass);
  // The same with other known origins.
  void WriteOrigins(std::uint64_t slot, const KnownOrigins& origins);
  // Wipes what the newest record of the slot has outranked.
  void WipeOlder(std::uint64_t slot);
  // Wipes the slot.
  void Wipe(std::uint64_t slot);

 private:
  explicit RecordsWriter(MappedFile file) : file_(std::move(file)) {}

  layout::RecordSlot& At(std::uint64_t slot) const;
  // Writes the slot's current record, if there is one, once more after `change`.
  template <typename Change>
  void Rewrite(std::uint64_t slot, Change change);
  // Makes `copy` the slot's current record and wipes it; its sequence and its checksum are set
  // here.
  void Replace(std::uint64_t slot, layout::RecordCopy& copy);

  MappedFile file_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_RECORDS_WRITER_H_
