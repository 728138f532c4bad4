#include "cli/commands/commands.h"
#include "cli/devices.h"
#include "cli/json_fields.h"
#include "cli/step_up.h"
#include "cli/translate.h"

namespace twofactor {

using nlohmann::json;

namespace {

// --if-none, where there are some.
CommandResult LeftAlone(const std::string& user, std::int64_t left) {
  CommandResult result;
  result.json = {{"changed", false}, {"username", user}, {"recovery_codes_left", left}};
  result.text = SayCount("%2 has %1 recovery code left; nothing was changed.\n",
                         "%2 has %1 recovery codes left; nothing was changed.\n", left, user);
  return result;
}

}  // namespace

Result<CommandResult> RunRecoveryCodes(const CliArguments& arguments, Connection& daemon,
                                       Terminal& terminal) {
  const auto user = TargetOf(daemon, arguments.operands);
  if (!user) {
    return Fail(user.error());
  }
  if (arguments.if_none) {
    const auto listed = ListDevices(daemon, *user);
    if (!listed) {
      return Fail(listed.error());
    }
    if (const auto left = NumberAt(*listed, "recovery_codes_left"); left > 0) {
      return LeftAlone(*user, left);
    }
  }
  // The old ones are dead with the call: whoever cannot read the new ones would have none.
  if (const auto writable = terminal.CheckOutput(); !writable) {
    return Fail(writable.error().Under(Say("nothing was changed")));
  }
  const auto renewed =
      CallProving(daemon, terminal, "user.renew_recovery_codes", json::array({*user}));
  if (!renewed) {
    return Fail(renewed.error());
  }
  CommandResult result;
  result.json = {{"changed", true},
                 {"username", *user},
                 {"recovery_codes", ListAt(*renewed, "recovery_codes")}};
  result.text = Say("New recovery codes for %1:\n", *user);
  for (const json& code : result.json["recovery_codes"]) {
    result.text += "  " + (code.is_string() ? code.get<std::string>() : std::string()) + "\n";
  }
  result.text +=
      Say("Each can be used once in place of a code. Print them or write them down now: they are "
          "not shown again.\nOlder recovery codes no longer work.\n");
  return result;
}

}  // namespace twofactor
