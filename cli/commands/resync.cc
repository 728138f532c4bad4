#include "cli/commands/commands.h"
#include "cli/devices.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

// The device that is meant; the only one, where no ID is given.
Result<json> Choose(const std::string& user, const json& listed, const std::optional<int>& id) {
  const json& devices = listed.at("devices");
  if (!id && devices.size() > 1) {
    return Fail(
        ErrorCode::kInvalidParams,
        Say("%1 has several devices; name one by its ID (see 'twofactorctl devices')", user));
  }
  const json* const device =
      id ? FindDevice(listed, *id) : (devices.empty() ? nullptr : &devices.front());
  if (device == nullptr) {
    return Fail(ErrorCode::kConflict,
                id ? Say("%1 has no device %2", user, *id) : Say("%1 has no device", user));
  }
  return *device;
}

std::string HowToGetTwoCodes(const json& device) {
  const std::string name = NameOfDevice(device);
  return TextAt(device, "type") == "HOTP"
             ? Say("Make two codes in a row with %1.\n", name)
             : Say("Enter two codes in a row of %1: type the code that it shows now, then wait "
                   "until it shows the next one, for up to %2 seconds.\n",
                   name, NumberAt(device, "interval"));
}

}  // namespace

Result<CommandResult> RunResync(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal) {
  const auto operands = ParseDeviceOperands(arguments.operands);
  if (!operands) {
    return Fail(operands.error());
  }
  const auto user = TargetOf(daemon, operands->user);
  if (!user) {
    return Fail(user.error());
  }
  const auto listed = ListDevices(daemon, *user);
  if (!listed) {
    return Fail(listed.error());
  }
  const auto device = Choose(*user, *listed, operands->id);
  if (!device) {
    return Fail(device.error());
  }
  terminal.Show(HowToGetTwoCodes(*device));
  const auto first = terminal.Ask(Say("First code: "));
  const auto second = first ? terminal.Ask(Say("Next code: ")) : std::nullopt;
  if (!second) {
    return Fail(ErrorCode::kInvalidParams, Say("two codes are needed; nothing was changed"));
  }
  const std::int64_t id = NumberAt(*device, "id");
  const auto synced = daemon.Call("user.resync_2fa_device", {*user, id, std::string(first->text()),
                                                             std::string(second->text())});
  if (!synced) {
    return Fail(synced.error());
  }
  CommandResult result;
  result.json = {{"changed", true}, {"username", *user}, {"id", id}};
  result.text = Say(
      "Done: %1 is synchronized. These two codes cannot be used again; log in with the next one.\n",
      NameOfDevice(*device));
  return result;
}

}  // namespace twofactor
