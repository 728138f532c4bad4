#include "common/livestore/layout.h"

namespace twofactor::layout {
namespace {

constexpr std::uint64_t kFnvOffset = 0xcbf29ce484222325;
constexpr std::uint64_t kFnvPrime = 0x100000001b3;
constexpr std::size_t kChecksumBytes = sizeof(std::uint64_t);

template <typename T>
std::uint64_t ChecksumAfterField(const T& object, std::size_t bytes, std::uint64_t seed) {
  return Checksum(seed, BytesOf(object).subspan(kChecksumBytes, bytes - kChecksumBytes));
}

}  // namespace

std::uint64_t Checksum(std::uint64_t seed, std::span<const std::uint8_t> bytes) {
  std::uint64_t hash = kFnvOffset ^ (seed * kFnvPrime);
  for (const std::uint8_t byte : bytes) {
    hash = (hash ^ byte) * kFnvPrime;
  }
  return hash;
}

std::uint64_t IndexHash(std::string_view username) {
  const void* start = username.data();
  std::uint64_t hash = Checksum(0, {static_cast<const std::uint8_t*>(start), username.size()});
  // The low bits of FNV, which select the entry, mix poorly for short names.
  hash ^= hash >> 32;
  hash *= 0x9e3779b97f4a7c15;
  hash ^= hash >> 29;
  hash |= 1;
  return hash == kRemovedHash ? kRemovedHash + 2 : hash;
}

std::uint64_t ChecksumOf(const IndexHeader& header) {
  return ChecksumAfterField(header, sizeof header, 0);
}
std::uint64_t ChecksumOf(const RecordsHeader& header) {
  return ChecksumAfterField(header, sizeof header, 0);
}
std::uint64_t ChecksumOf(const LedgerHeader& header) {
  return ChecksumAfterField(header, kLedgerFixedBytes, 0);
}
std::uint64_t ChecksumOf(const SettingsCopy& copy) {
  return ChecksumAfterField(copy, sizeof copy, 0);
}
std::uint64_t ChecksumOf(const RecordCopy& copy, std::uint64_t slot) {
  return ChecksumAfterField(copy, sizeof copy, slot);
}

}  // namespace twofactor::layout
