#ifndef TWOFACTOR_COMMON_LIVESTORE_LAYOUT_H_
#define TWOFACTOR_COMMON_LIVESTORE_LAYOUT_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "common/base/siphash.h"
#include "common/livestore/origin.h"

// The bytes of the live store: three files in the run directory. docs/live-store.md describes them
// and argues why crashes and races do no harm. Native byte order: the files never leave the machine
// or survive a reboot.
//
//   index    IndexHeader, then IndexHeader::capacity entries of 16 bytes: hash of a name -> slot,
//            one for each of the user's devices
//   records  a page of RecordsHeader, then 736 bytes a slot: two copies of the slot's record
//   ledger   a page of LedgerHeader, then 32 bytes a slot: the word of use and two words of
//            failures
//
// Only the daemon changes sizes, and it never makes a file smaller: it makes a new file and renames
// it over the old one.
namespace twofactor::layout {

// Each file has its own version, so that a ledger, which has information that is nowhere else,
// survives a change of the records.
inline constexpr std::uint32_t kIndexVersion = 2;
inline constexpr std::uint32_t kRecordsVersion = 4;
inline constexpr std::uint32_t kLedgerVersion = 3;
inline constexpr std::size_t kHeaderPageBytes = 4096;

inline constexpr std::uint64_t kIndexMagic = 0x315844494e493246;    // "F2INIDX1"
inline constexpr std::uint64_t kRecordsMagic = 0x3152434552523246;  // "F2RRECR1"
inline constexpr std::uint64_t kLedgerMagic = 0x314744454c4c3246;   // "F2LLEDG1"

// Returns FNV-1a (64 bits). It detects torn and stray bytes, but does not protect against anyone
// who may write the file.
std::uint64_t Checksum(std::uint64_t seed, std::span<const std::uint8_t> bytes);

// The start of every file. `store_id` is random and the same in the three files of one store.
struct FileHeader {
  std::uint64_t checksum;  // Of everything after it in the same header.
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t header_bytes;
  std::uint64_t store_id;
};
static_assert(sizeof(FileHeader) == 32);

struct IndexHeader {
  FileHeader file;
  std::uint64_t capacity;  // A power of two.
  std::array<std::uint64_t, 3> reserved;
};
static_assert(sizeof(IndexHeader) == 64);

// Found by linear probing from `hash & (capacity - 1)`. An entry changes from empty to in use to
// removed, once, and is never reused; the daemon makes a new index before more than half of the
// entries are no longer empty. `slot` is written before `hash`.
struct IndexEntry {
  std::uint64_t hash;
  std::uint64_t slot;
};
static_assert(sizeof(IndexEntry) == 16);

inline constexpr std::uint64_t kEmptyHash = 0;
inline constexpr std::uint64_t kRemovedHash = 1;
// Returns the index key of a user's devices. It is odd and greater than kRemovedHash, so that no
// torn read of a changing entry looks empty.
std::uint64_t IndexHash(std::string_view username);

struct RecordsHeader {
  FileHeader file;
  std::uint64_t slot_bytes;
  SipHashKey origin_key;  // Of the known origins' hashes.
};
static_assert(sizeof(RecordsHeader) == 56);

// One of a slot's two copies. The valid copy with the higher sequence counts. All zero: no record.
struct RecordCopy {
  std::uint64_t checksum;  // Of everything after it, seeded with the slot's number.
  std::uint64_t sequence;
  std::int64_t created;  // Seconds since 1970.
  std::uint32_t generation;
  std::uint32_t uid;
  std::uint32_t interval;  // Seconds.
  std::uint8_t digits;
  std::uint8_t algorithm;
  std::uint8_t device;
  std::uint8_t secret_bytes;  // 0 if only the daemon uses the secret.
  std::uint8_t name_bytes;
  std::uint8_t kind;  // DeviceKind.
  std::array<std::uint8_t, 2> reserved;
  std::int32_t skew;  // By how many steps the device's clock is ahead of ours.
  std::array<std::uint8_t, 64> secret;
  std::array<std::uint8_t, 112> name;
  // When the bypass ends: seconds since 1970, 0 for none, and seconds of CLOCK_BOOTTIME. It counts
  // if every device of the user has one.
  std::int64_t bypass_until;
  std::uint64_t bypass_until_boot;
  KnownOrigins origins;  // The user's; the same in each of the user's records.
};
static_assert(sizeof(RecordCopy) == 368);

struct RecordSlot {
  std::array<RecordCopy, 2> copies;
};
static_assert(sizeof(RecordSlot) == 736);

// Who consumes a step.
enum class ConsumeMode : std::uint32_t {
  kCompareAndSwap = 1,  // Verifiers, on the word of use.
  kAskDaemon = 2,       // The daemon, over its socket.
};

enum SettingsFlag : std::uint8_t {
  kEnabledFlag = 1,
  kSshFlag = 2,
  kAskDaemonFlag = 4,
  kExemptRootFlag = 8,
};

// The administrator's settings. Two copies, as with records.
struct SettingsCopy {
  std::uint64_t checksum;  // Of everything after it.
  std::uint64_t sequence;
  std::uint8_t flags;   // SettingsFlag.
  std::uint8_t window;  // Steps before and after the current one.
  std::uint8_t free_tries;
  std::uint8_t known_origin_days;  // 0: no origin is known.
  std::uint32_t first_wait;        // Seconds.
  std::uint32_t longest_wait;      // Seconds.
  std::uint32_t forget_after;      // Seconds.
};
static_assert(sizeof(SettingsCopy) == 32);

struct LedgerHeader {
  FileHeader file;
  std::int64_t birth;  // When it was made, seconds since 1970.
  ConsumeMode consume_mode;
  std::uint32_t reserved;
  std::array<std::uint8_t, 80> padding;
  std::array<SettingsCopy, 2> settings;  // Not under the header's checksum, because they change.
  alignas(64)
      std::atomic<std::int64_t> latest_use;  // The latest wall time at which a step was consumed.
  // When the epoch last began again, seconds since 1970; 0: not since the birth.
  std::atomic<std::int64_t> begun_again;
};
static_assert(offsetof(LedgerHeader, settings) == 128);
static_assert(offsetof(LedgerHeader, latest_use) == 192);
static_assert(offsetof(LedgerHeader, begun_again) == 200);
static_assert(sizeof(LedgerHeader) <= kHeaderPageBytes);
// The part of the header under its checksum: everything that never changes.
inline constexpr std::size_t kLedgerFixedBytes = offsetof(LedgerHeader, settings);

// Both words of failures share a cache line, so that the time does not reveal which was used.
struct LedgerWords {
  std::atomic<std::uint64_t> use;
  std::atomic<std::uint64_t> failures;  // At unknown origins.
  std::atomic<std::uint64_t> failures_at_known;
  std::uint64_t reserved;
};
static_assert(sizeof(LedgerWords) == 32 && kHeaderPageBytes % sizeof(LedgerWords) == 0);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

// The word of use. A step is consumed by compare-and-swap on it. Steps below `next_step` are used
// or, if `from_birth` is set, may have been used before the ledger was made.
struct UseWord {
  std::uint32_t generation;
  std::uint32_t next_step;  // Below 2^31: with steps of 5 seconds, until the year 2310.
  bool from_birth = false;

  static constexpr std::uint32_t kFromBirth = std::uint32_t{1} << 31;

  static constexpr UseWord Unpack(std::uint64_t word) {
    const auto low = static_cast<std::uint32_t>(word);
    return {static_cast<std::uint32_t>(word >> 32), low & ~kFromBirth, (low & kFromBirth) != 0};
  }
  constexpr std::uint64_t Pack() const {
    return std::uint64_t{generation} << 32 | next_step | (from_birth ? kFromBirth : 0);
  }
};

// A word of failures: the number of wrong codes in a row, and the time of the last one
// (CLOCK_BOOTTIME, seconds).
struct FailuresWord {
  std::uint16_t count;
  std::uint64_t last_try;

  static constexpr FailuresWord Unpack(std::uint64_t word) {
    return {static_cast<std::uint16_t>(word >> 48), word & 0xFFFFFFFFFFFF};
  }
  constexpr std::uint64_t Pack() const {
    return std::uint64_t{count} << 48 | (last_try & 0xFFFFFFFFFFFF);
  }
};

constexpr std::uint64_t RecordOffset(std::uint64_t slot) {
  return kHeaderPageBytes + slot * sizeof(RecordSlot);
}
constexpr std::uint64_t WordsOffset(std::uint64_t slot) {
  return kHeaderPageBytes + slot * sizeof(LedgerWords);
}
// Slots beyond this are refused, so that no offset overflows.
inline constexpr std::uint64_t kMaxSlots = std::uint64_t{1} << 32;

// Return the checksum of a structure: of everything after its own checksum field.
std::uint64_t ChecksumOf(const IndexHeader& header);
std::uint64_t ChecksumOf(const RecordsHeader& header);
std::uint64_t ChecksumOf(const LedgerHeader& header);
std::uint64_t ChecksumOf(const SettingsCopy& copy);
std::uint64_t ChecksumOf(const RecordCopy& copy, std::uint64_t slot);

// Returns the raw bytes of a structure of this file.
template <typename T>
std::span<const std::uint8_t> BytesOf(const T& object) {
  const void* start = &object;
  return {static_cast<const std::uint8_t*>(start), sizeof(T)};
}
template <typename T>
std::span<std::uint8_t> MutableBytesOf(T& object) {
  void* start = &object;
  return {static_cast<std::uint8_t*>(start), sizeof(T)};
}

}  // namespace twofactor::layout

#endif  // TWOFACTOR_COMMON_LIVESTORE_LAYOUT_H_
