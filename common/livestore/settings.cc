#include "common/livestore/settings.h"

#include "common/otp/otp_parameters.h"

namespace twofactor {
namespace {

bool IsValid(const layout::SettingsCopy& copy) {
  return copy.checksum == layout::ChecksumOf(copy) && copy.window <= kMaxWindow;
}

LoginSettings Decode(const layout::SettingsCopy& copy) {
  return {.enabled = (copy.flags & layout::kEnabledFlag) != 0,
          .ssh = (copy.flags & layout::kSshFlag) != 0,
          .window = copy.window,
          .ask_daemon = (copy.flags & layout::kAskDaemonFlag) != 0,
          .throttle = {.free_tries = copy.free_tries,
                       .first_wait = std::chrono::seconds(copy.first_wait),
                       .longest_wait = std::chrono::seconds(copy.longest_wait),
                       .forget_after = std::chrono::seconds(copy.forget_after),
                       .exempt_root = (copy.flags & layout::kExemptRootFlag) != 0,
                       .known_origin_days = copy.known_origin_days}};
}

}  // namespace

layout::SettingsCopy EncodeSettings(const LoginSettings& settings, std::uint64_t sequence) {
  layout::SettingsCopy copy{};
  copy.sequence = sequence;
  copy.flags = static_cast<std::uint8_t>(
      (settings.enabled ? layout::kEnabledFlag : 0) | (settings.ssh ? layout::kSshFlag : 0) |
      (settings.ask_daemon ? layout::kAskDaemonFlag : 0) |
      (settings.throttle.exempt_root ? layout::kExemptRootFlag : 0));
  copy.window = static_cast<std::uint8_t>(settings.window);
  copy.free_tries = static_cast<std::uint8_t>(settings.throttle.free_tries);
  copy.first_wait = static_cast<std::uint32_t>(settings.throttle.first_wait.count());
  copy.longest_wait = static_cast<std::uint32_t>(settings.throttle.longest_wait.count());
  copy.forget_after = static_cast<std::uint32_t>(settings.throttle.forget_after.count());
  copy.known_origin_days = static_cast<std::uint8_t>(settings.throttle.known_origin_days);
  copy.checksum = layout::ChecksumOf(copy);
  return copy;
}

std::optional<std::size_t> NewestSettings(const std::array<layout::SettingsCopy, 2>& copies) {
  std::optional<std::size_t> newest;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    if (IsValid(copies[i]) && (!newest || copies[i].sequence > copies[*newest].sequence)) {
      newest = i;
    }
  }
  return newest;
}

std::optional<LoginSettings> DecodeSettings(const std::array<layout::SettingsCopy, 2>& copies) {
  const auto newest = NewestSettings(copies);
  return newest ? std::optional(Decode(copies[*newest])) : std::nullopt;
}

}  // namespace twofactor
