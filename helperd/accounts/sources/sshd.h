#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SSHD_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SSHD_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/accounts/child.h"

namespace twofactor {

// The parts that we need of sshd's effective configuration for one user (sshd(8), -T -C). The
// defaults are those of a system without sshd.
struct SshdSettings {
  bool password = false;              // PasswordAuthentication
  bool keyboard_interactive = false;  // KbdInteractiveAuthentication
  bool use_pam = false;
  std::string permit_root_login;
  std::vector<std::string> authentication_methods = {"any"};
  std::vector<std::string> authorized_keys_files = {".ssh/authorized_keys"};
};

// Returns the arguments for sshd. Fails with kUnavailable for a name that sshd cannot be asked
// about: its -C has no way to write a comma.
Result<std::vector<std::string>> SshdArguments(const std::string& user);

// Parses sshd's output. An sshd that cannot start because its host keys or its run directory are
// missing (it is stopped) lets nobody in: returns the defaults. Fails with kUnavailable, naming
// sshd, if it failed otherwise, for example because of its configuration.
Result<SshdSettings> ReadSshdSettings(const ChildOutput& output);

// Returns whether the user may log in with a password, if the password is usable. Ignores lists of
// users and groups (AllowUsers and so on). A pure function.
bool AllowsPassword(const SshdSettings& settings, uid_t uid);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SSHD_H_
