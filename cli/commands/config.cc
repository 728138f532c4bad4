#include <charconv>

#include "cli/commands/commands.h"

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
              "config set takes: enabled true|false, ssh true|false, window N");
}

std::string TextOf(const json& config) {
  const auto word = [](bool yes) { return yes ? "true\n" : "false\n"; };
  return std::string("enabled: ") + word(config.value("enabled", false)) +
         "ssh: " + word(config.value("services", json::object()).value("ssh", false)) +
         "window: " + std::to_string(config.value("window", 0)) + "\n";
}

}  // namespace

Result<CommandResult> RunConfig(const CliArguments& arguments, Connection& daemon, Terminal&) {
  const auto before = daemon.Call("auth.twofactor.config", json::array());
  if (!before) {
    return Fail(before.error());
  }
  CommandResult result;
  result.json = *before;
  const auto& words = arguments.operands;
  if (!words.empty()) {
    const auto change = words.size() == 3 && words[0] == "set" ? ChangeFrom(words[1], words[2])
                                                               : ChangeFrom("", "");
    if (!change) {
      return Fail(change.error());
    }
    const auto after = daemon.Call("auth.twofactor.update", json::array({*change}));
    if (!after) {
      return Fail(after.error());
    }
    result.json = *after;
    result.json["changed"] = *before != *after;
  }
  result.text = TextOf(result.json);
  return result;
}

}  // namespace twofactor
