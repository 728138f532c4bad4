#include "cli/doctor/ssh_pattern.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>
#include <sstream>

namespace twofactor {
namespace {

constexpr int kByteBits = 8;
constexpr std::uint8_t kAllBits = 0xff;

// 4 or 16 bytes.
using Address = std::vector<std::uint8_t>;

struct Network {
  Address address;
  int bits;
};

std::optional<Address> AddressOf(const std::string& text) {
  for (const int family : {AF_INET, AF_INET6}) {
    std::array<std::uint8_t, sizeof(in6_addr)> bytes{};
    if (inet_pton(family, text.c_str(), bytes.data()) == 1) {
      const std::size_t size = family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
      return Address(bytes.begin(), bytes.begin() + size);
    }
  }
  return std::nullopt;
}

std::string TextOf(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.size() == sizeof(in_addr) ? AF_INET : AF_INET6;
  inet_ntop(family, address.data(), text.data(), text.size());
  return text.data();
}

std::optional<Network> NetworkOf(const std::string& entry) {
  const std::size_t slash = entry.find('/');
  auto address = AddressOf(entry.substr(0, slash));
  if (!address) {
    return std::nullopt;
  }
  const int most = static_cast<int>(address->size()) * kByteBits;
  int bits = most;
  if (slash != std::string::npos) {
    const char* end = entry.data() + entry.size();
    const auto [stop, error] = std::from_chars(entry.data() + slash + 1, end, bits);
    if (error != std::errc() || stop != end || bits < 0 || bits > most) {
      return std::nullopt;
    }
  }
  return Network{std::move(*address), bits};
}

// The bits of one byte that belong to the network.
std::uint8_t MaskAt(const Network& network, std::size_t byte) {
  const int left = std::clamp(network.bits - static_cast<int>(byte) * kByteBits, 0, kByteBits);
  return static_cast<std::uint8_t>(kAllBits << (kByteBits - left));
}

bool IsIn(const Address& address, const Network& network) {
  if (address.size() != network.address.size()) {
    return false;
  }
  for (std::size_t i = 0; i < address.size(); ++i) {
    if (((address[i] ^ network.address[i]) & MaskAt(network, i)) != 0) {
      return false;
    }
  }
  return true;
}

// The address of the network whose other bits are those of `last` in the last byte, and of `fill`
// in those before it.
std::string AddressIn(const Network& network, std::uint8_t fill, std::uint8_t last) {
  Address address = network.address;
  for (std::size_t i = 0; i < address.size(); ++i) {
    const std::uint8_t mask = MaskAt(network, i);
    const std::uint8_t host = i + 1 == address.size() ? last : fill;
    address[i] = static_cast<std::uint8_t>((address[i] & mask) | (host & ~mask));
  }
  return TextOf(address);
}

bool MatchesPattern(std::string_view text, std::string_view pattern) {
  while (!pattern.empty()) {
    if (pattern.front() == '*') {
      pattern.remove_prefix(1);
      for (std::size_t skipped = 0; skipped <= text.size(); ++skipped) {
        if (MatchesPattern(text.substr(skipped), pattern)) {
          return true;
        }
      }
      return false;
    }
    if (text.empty() || (pattern.front() != '?' && pattern.front() != text.front())) {
      return false;
    }
    pattern.remove_prefix(1);
    text.remove_prefix(1);
  }
  return text.empty();
}

bool MatchesList(const std::string& list, const std::function<bool(const std::string&)>& matches) {
  bool found = false;
  for (const std::string& entry : SshEntriesOf(list)) {
    const bool negated = entry.front() == '!';
    if (matches(entry.substr(negated ? 1 : 0))) {
      if (negated) {
        return false;
      }
      found = true;
    }
  }
  return found;
}

std::string Filled(const std::string& pattern, const std::string& star, char question) {
  std::string text;
  for (const char character : pattern) {
    text += character == '*'   ? star
            : character == '?' ? std::string(1, question)
                               : std::string(1, character);
  }
  return text;
}

}  // namespace

std::vector<std::string> SshEntriesOf(const std::string& list) {
  std::vector<std::string> entries;
  std::istringstream stream(list);
  std::string entry;
  while (std::getline(stream, entry, ',')) {
    if (!entry.empty() && entry != "!") {
      entries.push_back(entry);
    }
  }
  return entries;
}

bool MatchesSshPatterns(std::string_view text, const std::string& list) {
  return MatchesList(list,
                     [text](const std::string& pattern) { return MatchesPattern(text, pattern); });
}

bool MatchesSshAddresses(const std::string& address, const std::string& list) {
  const auto bytes = AddressOf(address);
  return bytes && MatchesList(list, [&](const std::string& entry) {
           const auto network = NetworkOf(entry);
           return network ? IsIn(*bytes, *network) : MatchesPattern(address, entry);
         });
}

std::vector<std::string> SshSamplesOf(const std::string& entry) {
  const std::string pattern = entry.substr(entry.starts_with('!') ? 1 : 0);
  if (pattern.find_first_of("*?") == std::string::npos) {
    return {pattern};
  }
  // Letters for names, digits for ports.
  return {Filled(pattern, "x", 'x'), Filled(pattern, "1", '1'), Filled(pattern, "", 'z'),
          Filled(pattern, "", '2')};
}

std::vector<std::string> SshAddressSamplesOf(const std::string& entry) {
  const std::string pattern = entry.substr(entry.starts_with('!') ? 1 : 0);
  if (const auto network = NetworkOf(pattern)) {
    constexpr std::uint8_t kSome = 0x2a;
    return {AddressIn(*network, 0, 1), AddressIn(*network, kSome, kSome),
            AddressIn(*network, kAllBits, kAllBits - 1), AddressIn(*network, 0, 0)};
  }
  std::vector<std::string> samples;
  for (const char* star : {"1", "1.1", "1.1.1", "1.1.1.1", ":1", "::1", "1::1"}) {
    std::string text = Filled(pattern, star, '1');
    if (AddressOf(text)) {
      samples.push_back(std::move(text));
    }
  }
  return samples;
}

}  // namespace twofactor
