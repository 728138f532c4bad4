#include "pam_module/login_place.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

#include "common/livestore/origin.h"

namespace twofactor {
namespace {

// Longer than any host's name and any terminal's.
constexpr std::size_t kMaxNameBytes = 255;

bool IsPlain(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

// The name of a terminal of this machine, without its directory.
std::string_view TerminalName(std::string_view terminal) {
  constexpr std::string_view kDevices = "/dev/";
  if (terminal.starts_with(kDevices)) {
    terminal.remove_prefix(kDevices.size());
  }
  return terminal;
}

// The part of an IPv6 address that a network has in common: a host may change the rest at will. A
// link has no network.
std::string NetworkOf(in6_addr address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    in_addr inner{};
    std::memcpy(&inner, &address.s6_addr[12], sizeof inner);
    return inet_ntop(AF_INET, &inner, text.data(), text.size());
  }
  const bool link = IN6_IS_ADDR_LINKLOCAL(&address) || IN6_IS_ADDR_LOOPBACK(&address);
  if (!link) {
    std::memset(&address.s6_addr[8], 0, 8);
  }
  const std::string network = inet_ntop(AF_INET6, &address, text.data(), text.size());
  return link ? network : network + "/64";
}

std::string HostOrigin(std::string host) {
  in6_addr address{};
  if (inet_pton(AF_INET6, host.c_str(), &address) == 1) {
    return NetworkOf(address);
  }
  std::transform(host.begin(), host.end(), host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return host;
}

}  // namespace

std::string PlaceOf(const std::string& remote_host, const std::string& terminal) {
  if (!remote_host.empty()) {
    return IsPlain(remote_host) ? "host:" + remote_host : std::string();
  }
  const std::string_view name = TerminalName(terminal);
  const bool known = name.starts_with("tty") || name.starts_with("pts/") || name.starts_with(":");
  return known && IsPlain(name) ? "tty:" + std::string(name) : std::string();
}

std::string OriginOf(const LoginClaims& claims, const std::string& username, uid_t uid) {
  if (!claims.remote_host.empty()) {
    return IsPlain(claims.remote_host) ? "host:" + HostOrigin(claims.remote_host) : std::string();
  }
  if (claims.caller_uid != 0) {
    return claims.caller_uid == uid ? std::string(kOwnUidOrigin) : std::string();
  }
  const bool for_another = !claims.remote_user.empty() && claims.remote_user != username;
  const std::string_view name = TerminalName(claims.terminal);
  // A pseudoterminal is somebody else's the next time.
  const bool console = name.starts_with("tty") || name.starts_with(":");
  return console && !for_another && IsPlain(name) ? "tty:" + std::string(name) : std::string();
}

}  // namespace twofactor
