#include <charconv>

#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

Result<json> ChangeFrom(const std::string& key, const std::string& value) {
  const bool truth = value == "true";
  const bool is_truth = truth || value == "false";
  if (key == "enabled" && is_truth) {
    return json{{"enabled", truth}};
  }
  if (key == "ssh" && is_truth) {
    return json{{"services", {{"ssh", truth}}}};
  }
  int number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (key == "window" && error == std::errc() && end == value.data() + value.size()) {
    return json{{"window", number}};
  }
  return Fail(ErrorCode::kInvalidParams,
              Say("config set needs enabled true|false, ssh true|false, or window N"));
}

std::string TextOf(const json& config) {
  const auto word = [](bool yes) { return yes ? "true\n" : "false\n"; };
  return std::string("enabled: ") + word(TruthAt(config, "enabled")) +
         "ssh: " + word(TruthAt(ObjectAt(config, "services"), "ssh")) +
         "window: " + std::to_string(NumberAt(config, "window")) + "\n";
}

CommandResult ShownConfig(const json& config) {
  CommandResult result;
  result.json = config.is_object() ? config : json::object();
  result.text = TextOf(config);
  return result;
}

// What is to be changed: an empty object where the settings are only to be shown.
Result<json> ChangeFrom(const std::vector<std::string>& words) {
  if (words.empty()) {
    return json::object();
  }
  return words.size() == 3 && words[0] == "set" ? ChangeFrom(words[1], words[2])
                                                : ChangeFrom("", "");
}

}  // namespace

Result<CommandResult> RunConfig(const CliArguments& arguments, Connection& daemon, Terminal&) {
  const auto change = ChangeFrom(arguments.operands);
  if (!change) {
    return Fail(change.error());
  }
  const auto before = daemon.Call("auth.twofactor.config", json::array());
  if (!before) {
    return Fail(before.error());
  }
  if (change->empty()) {
    return ShownConfig(*before);
  }
  const auto after = daemon.Call("auth.twofactor.update", json::array({*change}));
  if (!after) {
    return Fail(after.error());
  }
  CommandResult result = ShownConfig(*after);
  result.json["changed"] = *before != *after;
  return result;
}

}  // namespace twofactor
