#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {

using nlohmann::json;

Result<CommandResult> RunAcceptTime(const CliArguments& arguments, Connection& daemon, Terminal&) {
  const json options = arguments.user.empty() ? json::object() : json{{"username", arguments.user}};
  const auto accepted = daemon.Call("twofactor.accept_time", json::array({options}));
  if (!accepted) {
    return Fail(accepted.error());
  }
  const std::int64_t devices = NumberAt(*accepted, "devices");
  CommandResult result;
  result.json = {{"changed", devices > 0}, {"devices", devices}};
  result.text = devices > 0 ? SayCount("%1 device accepts current codes again.\n",
                                       "%1 devices accept current codes again.\n", devices)
                            : Say("No code was used while the clock was ahead; nothing to do.\n");
  return result;
}

}  // namespace twofactor
