#include "pam_module/login_place.h"

#include <algorithm>
#include <string_view>

namespace twofactor {
namespace {

// Longer than any host's name and any terminal's.
constexpr std::size_t kMaxNameBytes = 255;

bool IsPlain(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

std::string PlaceOf(const std::string& remote_host, const std::string& terminal) {
  if (!remote_host.empty()) {
    return IsPlain(remote_host) ? "host:" + remote_host : std::string();
  }
  constexpr std::string_view kDevices = "/dev/";
  std::string_view name = terminal;
  if (name.starts_with(kDevices)) {
    name.remove_prefix(kDevices.size());
  }
  const bool known = name.starts_with("tty") || name.starts_with("pts/") || name.starts_with(":");
  return known && IsPlain(name) ? "tty:" + std::string(name) : std::string();
}

}  // namespace twofactor
