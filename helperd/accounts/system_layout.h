#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SYSTEM_LAYOUT_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SYSTEM_LAYOUT_H_

#include <chrono>
#include <string>
#include <vector>

#include "common/base/paths.h"

namespace twofactor {

// Where the sources of a system are: the one place of twofactor-accounts that knows a path. Tests
// give their own.
struct SystemLayout {
  std::string passwd = "/etc/passwd";
  std::string group = "/etc/group";
  std::string nsswitch = "/etc/nsswitch.conf";
  std::string login_defs = "/etc/login.defs";
  std::string subuid{kSubordinateUidsFile};
  std::string subgid = "/etc/subgid";
  std::string opasswd = "/etc/security/opasswd";
  std::string shells = "/etc/shells";
  std::string sudoers = "/etc/sudoers";
  std::string sshd_run_folder = "/run/sshd";
  // The tools are run from the first of these folders that has them. Root's folders alone.
  std::vector<std::string> tool_folders = {"/usr/sbin", "/usr/bin", "/sbin", "/bin"};
  // For all tools and home directories of one request, which run side by side; less than what a
  // worker has (AccountsServer::Options), so that the answer still names the source that hung.
  std::chrono::milliseconds deadline{4000};
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SYSTEM_LAYOUT_H_
