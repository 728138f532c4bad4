#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SSHD_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SSHD_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/accounts/child.h"

namespace twofactor {

// What sshd's effective configuration says for one user (sshd(8), -T -C), of what is asked here.
// The defaults are those of a system without sshd.
struct SshdSettings {
  bool password = false;              // PasswordAuthentication
  bool keyboard_interactive = false;  // KbdInteractiveAuthentication
  bool use_pam = false;
  std::string permit_root_login;
  std::vector<std::string> authentication_methods = {"any"};
  std::vector<std::string> authorized_keys_files = {".ssh/authorized_keys"};
};

// What to run sshd with. Fails with kUnavailable for a name that sshd cannot be asked about: its
// -C has no way to write a comma.
Result<std::vector<std::string>> SshdArguments(const std::string& user);

// What sshd answered. A daemon that cannot start for want of its host keys or of its run directory
// (it is stopped) lets nobody in: the defaults. Fails with kUnavailable, naming sshd, where it says
// that it failed otherwise, such as for its configuration.
Result<SshdSettings> ReadSshdSettings(const ChildOutput& output);

// May the user log in with a password, if the password is usable? Pure. Lists of users and groups
// (AllowUsers and so on) are not considered.
bool AllowsPassword(const SshdSettings& settings, uid_t uid);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SSHD_H_
