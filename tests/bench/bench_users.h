#ifndef TWOFACTOR_TESTS_BENCH_BENCH_USERS_H_
#define TWOFACTOR_TESTS_BENCH_BENCH_USERS_H_

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>

namespace twofactor::bench {

// Synthetic users, numbered from 0: bench0000000, bench0000001, … Nothing of them is stored
// anywhere but in the files that are measured.
inline constexpr const char* kNamePrefix = "bench";
inline constexpr uid_t kFirstUid = 2'000'000;
inline constexpr std::size_t kSecretBytes = 20;
using Secret = std::array<std::uint8_t, kSecretBytes>;

std::string NameOf(std::uint64_t user);
uid_t UidOf(std::uint64_t user);
// The same for a user in every run and program.
Secret SecretOf(std::uint64_t user);

std::string HexOf(const Secret& secret);
std::string Base32Of(const Secret& secret);

// The TOTP code (SHA-1, 6 digits, 30 seconds) by liboath: of now, or of `seconds` later.
std::string CodeOf(const Secret& secret, long seconds = 0);
// A code that no step near now has, but for one chance in some ten thousands.
std::string WrongCodeOf(const Secret& secret);

}  // namespace twofactor::bench

#endif  // TWOFACTOR_TESTS_BENCH_BENCH_USERS_H_
