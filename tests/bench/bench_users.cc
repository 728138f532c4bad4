#include "tests/bench/bench_users.h"

#include <liboath/oath.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <stdexcept>

namespace twofactor::bench {
namespace {

constexpr unsigned kInterval = 30;
constexpr unsigned kDigits = 6;
// Beyond every window and every skew that is learned.
constexpr long kFarAway = 100'000'000;

}  // namespace

std::string NameOf(std::uint64_t user) {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "%s%07llu", kNamePrefix,
                static_cast<unsigned long long>(user));
  return name.data();
}

uid_t UidOf(std::uint64_t user) { return kFirstUid + static_cast<uid_t>(user); }

Secret SecretOf(std::uint64_t user) {
  std::mt19937_64 random(user + 1);
  Secret secret{};
  for (std::uint8_t& byte : secret) {
    byte = static_cast<std::uint8_t>(random());
  }
  return secret;
}

std::string HexOf(const Secret& secret) {
  std::string text(2 * secret.size(), '0');
  for (std::size_t i = 0; i < secret.size(); ++i) {
    constexpr const char* kDigitsOfHex = "0123456789abcdef";
    text[2 * i] = kDigitsOfHex[secret[i] >> 4];
    text[2 * i + 1] = kDigitsOfHex[secret[i] & 15];
  }
  return text;
}

std::string Base32Of(const Secret& secret) {
  const void* bytes = secret.data();
  char* text = nullptr;
  std::size_t length = 0;
  if (oath_base32_encode(static_cast<const char*>(bytes), secret.size(), &text, &length) !=
      OATH_OK) {
    throw std::runtime_error("liboath encodes no Base32");
  }
  std::string encoded(text, length);
  std::free(text);
  return encoded;
}

std::string CodeOf(const Secret& secret, long seconds) {
  const void* bytes = secret.data();
  std::array<char, kDigits + 1> code{};
  const int status =
      oath_totp_generate(static_cast<const char*>(bytes), secret.size(),
                         std::time(nullptr) + seconds, kInterval, 0, kDigits, code.data());
  if (status != OATH_OK) {
    throw std::runtime_error(oath_strerror(status));
  }
  return code.data();
}

std::string WrongCodeOf(const Secret& secret) { return CodeOf(secret, kFarAway); }

}  // namespace twofactor::bench
