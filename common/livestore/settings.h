#ifndef TWOFACTOR_COMMON_LIVESTORE_SETTINGS_H_
#define TWOFACTOR_COMMON_LIVESTORE_SETTINGS_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

#include "common/livestore/layout.h"
#include "common/livestore/throttle.h"

namespace twofactor {

// The administrator's settings for every login on this machine (`auth.twofactor.update` and the
// configuration file).
struct LoginSettings {
  bool enabled = true;  // False: no login asks for a second factor.
  bool ssh = true;      // False: logins of the PAM service "sshd" do not ask.
  int window = 1;       // Steps accepted before and after the current one, 0 to kMaxWindow.
  // True: a code that the live store does not accept is shown to the daemon, for every user alike,
  // because the daemon knows HOTP devices and learns clock skews. So the time of a failure reveals
  // nothing.
  bool ask_daemon = false;
  ThrottlePolicy throttle;

  friend bool operator==(const LoginSettings&, const LoginSettings&) = default;
};

// Returns the settings as one copy in the ledger's header, including the checksum.
layout::SettingsCopy EncodeSettings(const LoginSettings& settings, std::uint64_t sequence);

// Returns which of the header's two copies counts: the newer valid one, or none.
std::optional<std::size_t> NewestSettings(const std::array<layout::SettingsCopy, 2>& copies);
// Returns the settings of that copy.
std::optional<LoginSettings> DecodeSettings(const std::array<layout::SettingsCopy, 2>& copies);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_SETTINGS_H_
