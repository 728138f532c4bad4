#include "cli/commands/commands.h"

#include "cli/translate.h"

namespace twofactor {

Result<CommandResult> RunVerify(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal) {
  const auto user = TargetOf(daemon, arguments.operands);
  if (!user) {
    return Fail(user.error());
  }
  const auto code = terminal.Ask(Say("Code: "));
  if (!code) {
    return Fail(ErrorCode::kInvalidParams, Say("no code was entered"));
  }
  const auto right = daemon.Call("user.verify_twofactor_token", {*user, std::string(code->text())});
  if (!right) {
    return Fail(right.error());
  }
  CommandResult result;
  const bool granted = right->is_boolean() && right->get<bool>();
  result.status = granted ? ExitStatus::kOk : ExitStatus::kNo;
  result.json = {{"username", *user}, {"verified", granted}};
  result.text = granted ? Say("The code is correct. It cannot be used again.\n")
                        : Say("The code is wrong, or was already used.\n");
  return result;
}

}  // namespace twofactor
