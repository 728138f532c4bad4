#include "cli/commands/commands.h"
#include "cli/json_fields.h"

namespace twofactor {

using nlohmann::json;

Result<CommandResult> RunStatus(const CliArguments& arguments, Connection& daemon, Terminal&) {
  const auto user = TargetOf(daemon, arguments.operands);
  if (!user) {
    return Fail(user.error());
  }
  const auto config = daemon.Call("user.twofactor_config", json::array({*user}));
  if (!config) {
    return Fail(config.error());
  }
  CommandResult result;
  const bool configured = TruthAt(*config, "secret_configured");
  result.status = configured ? ExitStatus::kOk : ExitStatus::kNo;
  result.json = {{"username", *user}, {"twofactor_config", *config}};
  result.text = configured ? *user + " has a second factor: codes of " +
                                 std::to_string(NumberAt(*config, "otp_digits")) +
                                 " digits, a new one every " +
                                 std::to_string(NumberAt(*config, "interval")) + " seconds.\n"
                           : *user + " has no second factor. 'twofactorctl renew' gives one.\n";
  return result;
}

}  // namespace twofactor
