#ifndef TWOFACTOR_COMMON_BASE_SIPHASH_H_
#define TWOFACTOR_COMMON_BASE_SIPHASH_H_

#include <array>
#include <cstdint>
#include <span>

namespace twofactor {

// A key of SipHash: its 16 bytes as two little-endian words.
using SipHashKey = std::array<std::uint64_t, 2>;

// Returns SipHash-2-4, a keyed hash of short input: without the key, nobody can find an input with
// a given hash. The PAM module links no library with another one. A pure function.
std::uint64_t SipHash(const SipHashKey& key, std::span<const std::uint8_t> bytes);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_SIPHASH_H_
