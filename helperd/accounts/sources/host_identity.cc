#include "helperd/accounts/sources/host_identity.h"

#include <arpa/inet.h>
#include <fnmatch.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>

namespace twofactor {
namespace {

using Bytes = std::vector<std::uint8_t>;

// Empty if it is not an Internet address.
Bytes BytesOf(const sockaddr* address) {
  if (address == nullptr) {
    return {};
  }
  Bytes bytes;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    bytes.resize(sizeof v4.sin_addr);
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
  } else if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    bytes.resize(sizeof v6.sin6_addr);
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  }
  return bytes;
}

std::optional<Bytes> ParseAddress(const std::string& text) {
  Bytes v4(sizeof(in_addr));
  if (inet_pton(AF_INET, text.c_str(), v4.data()) == 1) {
    return v4;
  }
  Bytes v6(sizeof(in6_addr));
  if (inet_pton(AF_INET6, text.c_str(), v6.data()) == 1) {
    return v6;
  }
  return std::nullopt;
}

// "24" or "255.255.255.0", for an address of `size` bytes.
std::optional<Bytes> ParseMask(const std::string& text, std::size_t size) {
  std::size_t bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error != std::errc() || end != text.data() + text.size()) {
    auto mask = ParseAddress(text);
    return mask && mask->size() == size ? mask : std::nullopt;
  }
  if (bits > size * 8) {
    return std::nullopt;
  }
  Bytes mask(size);
  for (std::size_t bit = 0; bit < bits; ++bit) {
    mask[bit / 8] = static_cast<std::uint8_t>(mask[bit / 8] | (0x80U >> (bit % 8)));
  }
  return mask;
}

bool EqualUnder(const Bytes& mask, const Bytes& a, const Bytes& b) {
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if ((a[i] & mask[i]) != (b[i] & mask[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<HostIdentity> ReadHostIdentity() {
  std::array<char, 256> name{};
  ifaddrs* list = nullptr;
  if (gethostname(name.data(), name.size() - 1) != 0 || getifaddrs(&list) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "read the host's addresses", errno));
  }
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  HostIdentity host;
  host.name = name.data();
  for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
    HostIdentity::Interface found{BytesOf(at->ifa_addr), BytesOf(at->ifa_netmask)};
    const bool usable = (at->ifa_flags & IFF_UP) != 0 && (at->ifa_flags & IFF_LOOPBACK) == 0;
    if (usable && !found.address.empty() && found.address.size() == found.mask.size()) {
      host.interfaces.push_back(std::move(found));
    }
  }
  return host;
}

bool HostnameMatches(const HostIdentity& host, const std::string& pattern) {
  const bool whole = pattern.find('.') != std::string::npos;
  const std::string name = whole ? host.name : host.name.substr(0, host.name.find('.'));
  return pattern == "ALL" || fnmatch(pattern.c_str(), name.c_str(), FNM_CASEFOLD) == 0;
}

bool NetworkMatches(const HostIdentity& host, const std::string& network) {
  const std::size_t slash = network.find('/');
  const auto wanted = ParseAddress(network.substr(0, slash));
  const auto mask = wanted && slash != std::string::npos
                        ? ParseMask(network.substr(slash + 1), wanted->size())
                        : std::nullopt;
  if (!wanted || (slash != std::string::npos && !mask)) {
    return false;
  }
  return std::any_of(host.interfaces.begin(), host.interfaces.end(), [&](const auto& own) {
    if (own.address.size() != wanted->size()) {
      return false;
    }
    if (mask) {
      return EqualUnder(*mask, own.address, *wanted);
    }
    Bytes own_network = own.address;
    for (std::size_t i = 0; i < own_network.size(); ++i) {
      own_network[i] = static_cast<std::uint8_t>(own_network[i] & own.mask[i]);
    }
    return own.address == *wanted || own_network == *wanted;
  });
}

}  // namespace twofactor
