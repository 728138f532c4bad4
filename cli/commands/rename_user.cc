#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

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
  if (const auto confirmed = Confirm(terminal, arguments.yes,
                                     Say("Is %1 the same person that %2 was? (yes/no) ", to, from));
      !confirmed) {
    return Fail(confirmed.error());
  }
  const auto renamed = daemon.Call("twofactor.rename_user", {from, to});
  CommandResult result;
  result.json = {{"changed", false}, {"username", to}};
  if (!renamed) {
    if (renamed.error().code() != ErrorCode::kNoSuchUser || !HasFactor(daemon, to)) {
      return Fail(renamed.error());
    }
    result.text = Say("%1 already has a second factor, and %2 has none.\n", to, from);
    return result;
  }
  result.json.update({{"changed", true},
                      {"devices", NumberAt(*renamed, "devices")},
                      {"lost_recovery_codes", TruthAt(*renamed, "lost_recovery_codes")}});
  result.text = Say(
      "%1 now has the devices of %2. Codes from before are not accepted; wait for the next one.\n",
      to, from);
  if (TruthAt(*renamed, "lost_recovery_codes")) {
    result.text +=
        Say("The recovery codes no longer work. Run 'twofactorctl recovery-codes %1' to create new "
            "ones.\n",
            to);
  }
  return result;
}

}  // namespace twofactor
