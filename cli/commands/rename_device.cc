#include "cli/commands/commands.h"
#include "cli/devices.h"
#include "cli/json_fields.h"
#include "cli/step_up.h"
#include "cli/translate.h"

namespace twofactor {

using nlohmann::json;

// [USER] ID LABEL: how many words there are says whether the first is a user.
Result<CommandResult> RunRenameDevice(const CliArguments& arguments, Connection& daemon,
                                      Terminal& terminal) {
  std::vector<std::string> words = arguments.operands;
  if (words.back().empty()) {
    return Fail(ErrorCode::kInvalidParams, Say("rename-device needs a label"));
  }
  const std::string label = words.back();
  words.pop_back();
  const auto operands = ParseDeviceOperands(words);
  if (!operands || !operands->id) {
    return operands ? Fail(ErrorCode::kInvalidParams,
                           Say("rename-device takes [USER] ID LABEL; the ID is a number"))
                    : Fail(operands.error());
  }
  const auto user = TargetOf(daemon, operands->user);
  if (!user) {
    return Fail(user.error());
  }
  const auto listed = ListDevices(daemon, *user);
  if (!listed) {
    return Fail(listed.error());
  }
  CommandResult result;
  result.json = {{"changed", false}, {"username", *user}, {"id", *operands->id}, {"label", label}};
  const json* const device = FindDevice(*listed, *operands->id);
  if (device != nullptr && TextAt(*device, "label") == label) {
    result.text = Say("The device already has this label.\n");
    return result;
  }
  const auto renamed =
      CallProving(daemon, terminal, "user.rename_2fa_device", {*user, *operands->id, label});
  if (!renamed) {
    return Fail(renamed.error());
  }
  result.json["changed"] = true;
  result.text = Say("Done: this is now %1 of %2.\n",
                    NameOfDevice({{"id", *operands->id}, {"label", label}}), *user);
  return result;
}

}  // namespace twofactor
