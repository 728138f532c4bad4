#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SYSTEM_LAYOUT_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SYSTEM_LAYOUT_H_

#include <chrono>
#include <string>
#include <vector>

#include "common/base/paths.h"

namespace twofactor {

// The places of a system's sources: all paths of twofactor-accounts. Tests use their own.
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
  // Each tool is run from the first of these folders that has it. They belong to root.
  std::vector<std::string> tool_folders = {"/usr/sbin", "/usr/bin", "/sbin", "/bin"};
  // The deadline for all tools and home directories of one request, which run in parallel. It is
  // shorter than a worker's (AccountsServer::Options), so that the answer can name the source that
  // hung.
  std::chrono::milliseconds deadline{4000};
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SYSTEM_LAYOUT_H_
