#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

Result<void> Confirm(const CliArguments& arguments, Terminal& terminal) {
  if (arguments.yes) {
    return {};
  }
  const auto answer = terminal.IsInteractive()
                          ? terminal.Ask(Say("Is %1 the person who was called %2? (yes/no) ",
                                             arguments.operands[1], arguments.operands[0]))
                          : std::nullopt;
  return answer && SaysYes(answer->text())
             ? Result<void>()
             : Fail(ErrorCode::kConflict,
                    Say("nothing was changed (--yes goes on without asking)"));
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
  if (const auto fit = TargetOf(daemon, {to}); !fit) {
    return Fail(fit.error());
  }
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
    result.text = Say("%1 has a second factor, and nothing is kept of %2.\n", to, from);
    return result;
  }
  result.json.update({{"changed", true},
                      {"devices", NumberAt(*renamed, "devices")},
                      {"lost_recovery_codes", TruthAt(*renamed, "lost_recovery_codes")}});
  result.text =
      Say("%1 has the devices of %2 now. Codes from before this moment are refused: wait for a"
          " fresh one.\n",
          to, from);
  if (TruthAt(*renamed, "lost_recovery_codes")) {
    result.text +=
        Say("The recovery codes are dead: 'twofactorctl recovery-codes %1' makes new ones.\n", to);
  }
  return result;
}

}  // namespace twofactor
