#ifndef TWOFACTOR_HELPERD_ACCOUNTS_USER_TOOLS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_USER_TOOLS_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/accounts/sources/samba.h"
#include "helperd/accounts/sources/sshd.h"
#include "helperd/accounts/sources/sudoers.h"
#include "helperd/accounts/system_layout.h"
#include "helperd/accounts/tool.h"

namespace twofactor {

// Runs the system's programs that describe one user, all in parallel. Each answer has its own
// function, to be called once, which waits for it; if a program is not installed, it returns what a
// system without that program has. All fail with kTimedOut after the layout's deadline, or with
// kUnavailable, naming the program.
class UserTools {
 public:
  // An ID of winbind.
  struct DirectoryId {
    std::string sid;
    bool is_uid_and_gid;
  };

  // `layout` must outlive this object.
  UserTools(const SystemLayout& layout, SteadyMoment deadline)
      : layout_(layout), deadline_(deadline) {}
  // `local`: the user is in /etc/passwd, and no directory is asked.
  Result<void> Start(const std::string& user, bool local);

  Result<SshdSettings> Sshd();
  Result<std::optional<SudoersPolicy>> Sudoers();
  Result<std::optional<SambaAccount>> Samba();
  Result<std::optional<DirectoryId>> Winbind();
  Result<nlohmann::json> Email();

 private:
  Result<void> StartOne(std::optional<Tool>& tool, const char* program,
                        Result<std::vector<std::string>> arguments);
  // Returns what `read` makes of the tool's output; `without` if it is not installed.
  template <typename T, typename Read>
  Result<T> Finish(std::optional<Tool>& tool, T without, Read read);

  const SystemLayout& layout_;
  const SteadyMoment deadline_;
  std::optional<Tool> sshd_;
  std::optional<Tool> cvtsudoers_;
  std::optional<Tool> pdbedit_;
  std::optional<Tool> wbinfo_;
  std::optional<Tool> userdbctl_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_USER_TOOLS_H_
