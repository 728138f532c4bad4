#ifndef TWOFACTOR_COMMON_LIVESTORE_SETTINGS_H_
#define TWOFACTOR_COMMON_LIVESTORE_SETTINGS_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

#include "common/livestore/layout.h"
#include "common/livestore/throttle.h"

namespace twofactor {

// What the administrator set for every login on this machine (`auth.twofactor.update` and the
// configuration file).
struct LoginSettings {
  bool enabled = true;  // False: no login asks for a second factor.
  bool ssh = true;      // False: logins of the PAM service "sshd" do not ask.
  int window = 1;       // Steps accepted before and after the current one, 0 to kMaxWindow.
  // True: a code that the live store does not grant is shown to the daemon, for every user alike
  // (it knows HOTP devices and learns clock skews), so that the time of a failure tells nothing.
  bool ask_daemon = false;
  ThrottlePolicy throttle;

  friend bool operator==(const LoginSettings&, const LoginSettings&) = default;
};

// The settings as one copy of the ledger's header holds them, checksum included.
layout::SettingsCopy EncodeSettings(const LoginSettings& settings, std::uint64_t sequence);

// Which of the header's two copies counts: the newer valid one, none where neither is.
std::optional<std::size_t> NewestSettings(const std::array<layout::SettingsCopy, 2>& copies);
// The settings of that copy.
std::optional<LoginSettings> DecodeSettings(const std::array<layout::SettingsCopy, 2>& copies);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_SETTINGS_H_
