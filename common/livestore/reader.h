#ifndef TWOFACTOR_COMMON_LIVESTORE_READER_H_
#define TWOFACTOR_COMMON_LIVESTORE_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/base/unique_fd.h"
#include "common/base/username.h"
#include "common/livestore/bypass.h"
#include "common/livestore/layout.h"
#include "common/livestore/ledger.h"
#include "common/livestore/origin.h"
#include "common/otp/otp_parameters.h"

namespace twofactor {

// One device of one user, copied out of the live store. The secret is wiped when this object dies.
struct DeviceRecord {
  std::uint64_t slot;
  std::uint32_t device;  // Its ordinal among the user's.
  DeviceKind kind;
  std::uint32_t generation;
  uid_t uid;
  OtpParameters parameters;
  int skew;            // Steps, up to kMaxSkew either way.
  SecretBytes secret;  // Empty where only the daemon uses it.
  std::optional<Bypass> bypass = std::nullopt;
  KnownOrigins origins = {};  // Of its user.
  // Nobody's: made up, with a secret of zeros and the slot of another, whose words stay as they
  // are.
  bool stand_in = false;
};

// The record that a slot's bytes hold for `username`: the newer valid copy's. None where that copy
// is another user's; kCorrupt where no copy is valid (torn: read again). A pure function.
Result<std::optional<DeviceRecord>> DecodeRecord(const layout::RecordSlot& bytes,
                                                 std::uint64_t slot, const Username& username);

// The live store as a verifier sees it, opened for one login.
//
// It reads exactly the records that it looks for, with pread(2), and maps only those pages of the
// ledger that it needs: no page that holds another user's secret is ever in this process. No
// length, offset or version in the files is trusted.
//
// Not synchronised; the ledger itself is, but for what FindDevices adds to it.
class LiveStoreReader {
 public:
  // Fails with kUnavailable (no store: ask the daemon), kNotPermitted (not for this process to
  // read: likewise), kUnknownVersion (likewise), kCorrupt, kExhausted or kInternal (no other way).
  static Result<LiveStoreReader> Open(const RunPaths& paths,
                                      LedgerExtent extent = LedgerExtent::kReached);

  // Are these still the files that the store consists of? A daemon that starts makes them anew.
  bool IsCurrent() const;

  Ledger& ledger() { return ledger_; }
  const Ledger& ledger() const { return ledger_; }
  const SipHashKey& origin_key() const { return origin_key_; }

  // The user's devices, by ordinal; none is the positive answer that there are none. Their slots of
  // the ledger can be used from here on. Fails with kCorrupt, kUnavailable or kInternal.
  Result<std::vector<DeviceRecord>> FindDevices(const Username& username);

  // What a code is tried at: those of the devices that are `uid`'s and, where none of them is a
  // TOTP device, one that stands in, so that a try takes the same way and time whoever it is for.
  // None at all where the ledger has no slot. Fails as FindDevices does.
  Result<std::vector<DeviceRecord>> FindTargets(const Username& username, uid_t uid);

 private:
  LiveStoreReader(UniqueFd index, UniqueFd records, Ledger ledger, std::uint64_t capacity,
                  SipHashKey origin_key)
      : index_(std::move(index)),
        records_(std::move(records)),
        ledger_(std::move(ledger)),
        capacity_(capacity),
        origin_key_(origin_key) {}

  static Result<LiveStoreReader> OpenOnce(const RunPaths& paths, LedgerExtent extent);
  Result<std::vector<std::uint64_t>> FindSlots(const Username& username) const;
  // Never empty but where the ledger is: nobody has one that stands in.
  Result<std::vector<DeviceRecord>> FindRecords(const Username& username);
  Result<std::vector<DeviceRecord>> ReadRecords(const Username& username);
  Result<std::optional<DeviceRecord>> ReadRecord(std::uint64_t slot, const Username& username);
  // The work of reading one, where there is none. What it gives is made up, with a secret of zeros.
  Result<std::optional<DeviceRecord>> ReadNobodysRecord(std::uint64_t slot,
                                                        const Username& username);

  UniqueFd index_;
  UniqueFd records_;
  Ledger ledger_;
  std::uint64_t capacity_;  // Of the index; a power of two that the file is as long as.
  SipHashKey origin_key_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_READER_H_
