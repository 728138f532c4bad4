#include "helperd/accounts/user_tools.h"

#include <unistd.h>

#include <utility>

#include "helperd/accounts/sources/user_record.h"

namespace twofactor {

Result<void> UserTools::StartOne(std::optional<Tool>& tool, const char* program,
                                 Result<std::vector<std::string>> arguments) {
  if (!arguments) {
    return Fail(arguments.error());
  }
  auto started = Tool::Start(layout_.tool_folders, program, std::move(*arguments));
  if (!started) {
    return Fail(started.error());
  }
  if (*started) {
    tool.emplace(std::move(**started));
  }
  return {};
}

Result<void> UserTools::Start(const std::string& user, bool local) {
  auto started = StartOne(sshd_, "sshd", SshdArguments(user));
  if (started && access(layout_.sudoers.c_str(), F_OK) == 0) {
    started = StartOne(cvtsudoers_, "cvtsudoers", SudoersPolicy::Arguments(layout_.sudoers));
  }
  if (started) {
    started = StartOne(pdbedit_, "pdbedit", PdbeditArguments(user));
  }
  if (started && !local) {
    started = StartOne(wbinfo_, "wbinfo", NameToSidArguments(user));
  }
  return started ? StartOne(userdbctl_, "userdbctl", UserdbctlArguments(user)) : started;
}

template <typename T, typename Read>
Result<T> UserTools::Finish(std::optional<Tool>& tool, T without, Read read) {
  if (!tool) {
    return without;
  }
  const auto output = tool->Finish(deadline_);
  if (!output) {
    return Fail(output.error());
  }
  auto answer = read(*output);
  return answer ? Result<T>(std::move(*answer)) : Fail(answer.error());
}

Result<SshdSettings> UserTools::Sshd() { return Finish(sshd_, SshdSettings(), ReadSshdSettings); }

Result<std::optional<SudoersPolicy>> UserTools::Sudoers() {
  return Finish(cvtsudoers_, std::optional<SudoersPolicy>(), SudoersPolicy::Read);
}

Result<std::optional<SambaAccount>> UserTools::Samba() {
  return Finish(pdbedit_, std::optional<SambaAccount>(), ReadPdbedit);
}

Result<std::optional<UserTools::DirectoryId>> UserTools::Winbind() {
  const auto sid = Finish(wbinfo_, std::optional<std::string>(), ReadNameToSid);
  if (!sid) {
    return Fail(sid.error());
  }
  if (!*sid) {
    return std::optional<DirectoryId>();
  }
  std::optional<Tool> ids;
  if (const auto started = StartOne(ids, "wbinfo", SidToIdArguments(**sid)); !started) {
    return Fail(started.error());
  }
  const auto both = Finish(ids, false, ReadIsIdTypeBoth);
  if (!both) {
    return Fail(both.error());
  }
  return std::optional<DirectoryId>({**sid, *both});
}

Result<nlohmann::json> UserTools::Email() {
  return Finish(userdbctl_, nlohmann::json(), ReadEmail);
}

}  // namespace twofactor
