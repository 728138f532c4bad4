#include <unistd.h>

#include <charconv>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/enrollment.h"
#include "cli/json_fields.h"
#include "cli/proving.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr int kTries = 3;

Result<void> AddNumber(json& options, const char* key, const std::string& text) {
  if (text.empty()) {
    return {};
  }
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Fail(ErrorCode::kInvalidParams, "--digits and --interval take a number");
  }
  options[key] = number;
  return {};
}

Result<json> OptionsFrom(const CliArguments& arguments) {
  json options = json::object();
  if (const auto added = AddNumber(options, "otp_digits", arguments.digits); !added) {
    return Fail(added.error());
  }
  if (const auto added = AddNumber(options, "interval", arguments.interval); !added) {
    return Fail(added.error());
  }
  return options;
}

Result<void> ShowEntry(const CliArguments& arguments, Terminal& terminal, const json& entry) {
  const json config = ObjectAt(entry, "twofactor_config");
  return ShowSecret(arguments, terminal, TextAt(config, "provisioning_uri"),
                    NumberAt(config, "otp_digits"), NumberAt(config, "interval"));
}

CommandResult Renewed(const std::string& user, const json& entry) {
  CommandResult result;
  result.json = {{"changed", true},
                 {"username", user},
                 {"twofactor_config", ObjectAt(entry, "twofactor_config")}};
  result.text = "The new secret of " + user + " is in force. The old one is dead.\n";
  return result;
}

Result<CommandResult> Confirm(Connection& daemon, Terminal& terminal, const std::string& user) {
  for (int i = 0; i < kTries; ++i) {
    const auto code = terminal.Ask("Code that your app shows now: ");
    if (!code) {
      break;
    }
    const auto entry = daemon.Call("user.finish_2fa_enrollment", {user, std::string(code->text())});
    if (entry) {
      return Renewed(user, *entry);
    }
    if (entry.error().code() != ErrorCode::kConflict) {
      return Fail(entry.error());
    }
    terminal.Show("That is not the code of the new secret" +
                  std::string(i + 1 < kTries ? ": try again.\n" : ".\n"));
  }
  return Fail(ErrorCode::kConflict,
              "no right code was given: nothing was changed, and what worked before still works");
}

// In force at once: whatever goes wrong with showing the secret, it is the one that counts now.
Result<CommandResult> RenewAtOnce(const CliArguments& arguments, Connection& daemon,
                                  Terminal& terminal, const std::string& user, const json& params) {
  const auto entry = CallProving(daemon, terminal, "user.renew_2fa_secret", params);
  if (!entry) {
    return Fail(entry.error());
  }
  CommandResult result = Renewed(user, *entry);
  if (arguments.json && arguments.png.empty()) {
    return result;
  }
  if (const auto shown = ShowEntry(arguments, terminal, *entry); !shown) {
    result.status = ExitStatus::kFailed;
    result.json["error"] = shown.error().message();
    result.text += "But: " + shown.error().message() + "\n";
  }
  return result;
}

}  // namespace

Result<CommandResult> RunRenew(const CliArguments& arguments, Connection& daemon,
                               Terminal& terminal) {
  const auto options = OptionsFrom(arguments);
  if (!options) {
    return Fail(options.error());
  }
  // Before anything is changed, and not when the secret is to be written.
  if (!arguments.force && !arguments.png.empty() && access(arguments.png.c_str(), F_OK) == 0) {
    return Fail(ErrorCode::kConflict,
                arguments.png + " is there: nothing was changed (--force replaces it)");
  }
  const auto user = TargetOf(daemon, arguments.operands);
  if (!user) {
    return Fail(user.error());
  }
  const json params = {*user, *options};
  if (arguments.no_confirm) {
    return RenewAtOnce(arguments, daemon, terminal, *user, params);
  }
  const auto entry = CallProving(daemon, terminal, "user.start_2fa_enrollment", params);
  if (!entry) {
    return Fail(entry.error());
  }
  if (const auto shown = ShowEntry(arguments, terminal, *entry); !shown) {
    return Fail(shown.error().Under("nothing was changed"));
  }
  return Confirm(daemon, terminal, *user);
}

}  // namespace twofactor
