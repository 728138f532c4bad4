#include "cli/commands/commands.h"
#include "cli/json_fields.h"

namespace twofactor {
namespace {

using nlohmann::json;

Result<void> Confirm(const CliArguments& arguments, Terminal& terminal) {
  if (arguments.yes) {
    return {};
  }
  const auto answer = terminal.IsInteractive() ? terminal.Ask("Is " + arguments.operands[1] +
                                                              " the person who was called " +
                                                              arguments.operands[0] + "? (yes/no) ")
                                               : std::nullopt;
  return answer && answer->text() == "yes"
             ? Result<void>()
             : Fail(ErrorCode::kConflict, "nothing was changed (--yes goes on without asking)");
}

// Was it done before?
bool HasFactor(Connection& daemon, const std::string& user) {
  const auto config = daemon.Call("user.twofactor_config", json::array({user}));
  return config && TruthAt(*config, "secret_configured");
}

}  // namespace

Result<CommandResult> RunRenameUser(const CliArguments& arguments, Connection& daemon,
                                    Terminal& terminal) {
  const std::string& from = arguments.operands[0];
  const std::string& to = arguments.operands[1];
  if (const auto confirmed = Confirm(arguments, terminal); !confirmed) {
    return Fail(confirmed.error());
  }
  const auto renamed = daemon.Call("twofactor.rename_user", {from, to});
  CommandResult result;
  result.json = {{"changed", false}, {"username", to}};
  if (!renamed) {
    if (renamed.error().code() != ErrorCode::kNoSuchUser || !HasFactor(daemon, to)) {
      return Fail(renamed.error());
    }
    result.text = to + " has a second factor, and nothing is kept of " + from + ".\n";
    return result;
  }
  result.json.update({{"changed", true},
                      {"devices", NumberAt(*renamed, "devices")},
                      {"lost_recovery_codes", TruthAt(*renamed, "lost_recovery_codes")}});
  result.text = to + " has the devices of " + from +
                " now. Codes from before this moment are refused: wait for a fresh one.\n";
  if (TruthAt(*renamed, "lost_recovery_codes")) {
    result.text +=
        "The recovery codes are dead: 'twofactorctl recovery-codes " + to + "' makes new ones.\n";
  }
  return result;
}

}  // namespace twofactor
