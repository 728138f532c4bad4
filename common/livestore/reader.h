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

// One device of one user, copied from the live store. The destructor wipes the secret.
struct DeviceRecord {
  std::uint64_t slot;
  std::uint32_t device;  // Its ordinal among the user's devices.
  DeviceKind kind;
  std::uint32_t generation;
  uid_t uid;
  OtpParameters parameters;
  int skew;            // Steps, up to kMaxSkew either way.
  SecretBytes secret;  // Empty if only the daemon uses it.
  std::optional<Bypass> bypass = std::nullopt;
  KnownOrigins origins = {};  // Its user's.
  // A decoy: made up, with a secret of zeros and the slot of another device, whose words do not
  // change.
  bool stand_in = false;
};

// Returns the record in a slot's bytes for `username`: that of the newer valid copy. None if that
// copy is another user's. Fails with kCorrupt if no copy is valid (torn: read again). A pure
// function.
Result<std::optional<DeviceRecord>> DecodeRecord(const layout::RecordSlot& bytes,
                                                 std::uint64_t slot, const Username& username);

// The live store as a verifier sees it, opened for one login.
//
// It reads only the records that it looks for, with pread(2), and maps only the pages of the ledger
// that it needs. So no page with another user's secret is ever in this process. It trusts no
// length, offset or version in the files.
//
// Not thread-safe. The ledger is, except while FindDevices runs.
class LiveStoreReader {
 public:
  // Opens the store. One opened with kRead verifies nothing, because that writes to the ledger.
  // Fails with kUnavailable (no store), kNotPermitted (this process may not open it so) or
  // kUnknownVersion: ask the daemon. Fails with kCorrupt, kExhausted or kInternal: there is no
  // other way.
  static Result<LiveStoreReader> Open(const RunPaths& paths,
                                      LedgerExtent extent = LedgerExtent::kReached,
                                      StoreAccess access = StoreAccess::kReadWrite);

  // Returns whether these are still the files of the store. A daemon that starts makes them again.
  bool IsCurrent() const;

  Ledger& ledger() { return ledger_; }
  const Ledger& ledger() const { return ledger_; }
  const SipHashKey& origin_key() const { return origin_key_; }

  // Returns the user's devices, by ordinal. An empty list is the positive answer that there are
  // none. Their slots in the ledger can be used afterwards. Fails with kCorrupt, kUnavailable or
  // kInternal.
  Result<std::vector<DeviceRecord>> FindDevices(const Username& username);

  // Returns the devices to compare a code with: those that belong to `uid` and, if none of them is
  // a TOTP device, a decoy, so that an attempt takes the same path and time for every user. Empty
  // if the ledger has no slot. Fails like FindDevices.
  Result<std::vector<DeviceRecord>> FindTargets(const Username& username, uid_t uid);

 private:
  LiveStoreReader(UniqueFd index, UniqueFd records, Ledger ledger, std::uint64_t capacity,
                  SipHashKey origin_key)
      : index_(std::move(index)),
        records_(std::move(records)),
        ledger_(std::move(ledger)),
        capacity_(capacity),
        origin_key_(origin_key) {}

  static Result<LiveStoreReader> OpenOnce(const RunPaths& paths, LedgerExtent extent,
                                          StoreAccess access);
  Result<std::vector<std::uint64_t>> FindSlots(const Username& username) const;
  // Empty only if the ledger is: an unknown user has a decoy.
  Result<std::vector<DeviceRecord>> FindRecords(const Username& username);
  Result<std::vector<DeviceRecord>> ReadRecords(const Username& username);
  Result<std::optional<DeviceRecord>> ReadRecord(std::uint64_t slot, const Username& username);
  // Does the work of reading a record if there is none. Returns a decoy, with a secret of zeros.
  Result<std::optional<DeviceRecord>> ReadNobodysRecord(std::uint64_t slot,
                                                        const Username& username);

  UniqueFd index_;
  UniqueFd records_;
  Ledger ledger_;
  std::uint64_t capacity_;  // Entries in the index, a power of two; gives the length of the file.
  SipHashKey origin_key_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_READER_H_
