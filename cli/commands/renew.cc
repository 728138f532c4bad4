#include <unistd.h>

#include <algorithm>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/devices.h"
#include "cli/enrollment.h"
#include "cli/import/text_lines.h"
#include "cli/json_fields.h"
#include "cli/step_up.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr int kTries = 3;

// As the API writes them. The table has checked the values.
json OptionsFrom(const CliArguments& arguments) {
  json options = json::object();
  if (!arguments.label.empty()) {
    options["label"] = arguments.label;
  }
  for (const auto& [key, text] :
       {std::pair{"type", &arguments.type}, std::pair{"algorithm", &arguments.algorithm}}) {
    std::string word = *text;
    std::transform(word.begin(), word.end(), word.begin(), CapitalOf);
    if (!word.empty()) {
      options[key] = word;
    }
  }
  for (const auto& [key, text] :
       {std::pair{"otp_digits", &arguments.digits}, std::pair{"interval", &arguments.interval}}) {
    if (const auto number = NumberIn<int>(*text)) {
      options[key] = *number;
    }
  }
  return options;
}

// Whose secret it is, and what there was before.
struct Target {
  std::string user;
  bool has_devices;
  bool added;  // The device is one more than the user had.
  json recovery_codes_left;
};

Result<Target> FindTarget(const CliArguments& arguments, Connection& daemon) {
  auto user = TargetOf(daemon, arguments.operands);
  if (!user) {
    return Fail(user.error());
  }
  const auto listed = ListDevices(daemon, *user);
  if (!listed) {
    return Fail(listed.error());
  }
  const bool has_devices = !listed->at("devices").empty();
  const bool known = arguments.label.empty()
                         ? has_devices
                         : FindDeviceLabelled(*listed, arguments.label) != nullptr;
  return Target{std::move(*user), has_devices, !known, listed->at("recovery_codes_left")};
}

Result<void> ShowEntry(const CliArguments& arguments, Terminal& terminal, const json& entry) {
  const json config = ObjectAt(entry, "twofactor_config");
  return ShowSecret(arguments, terminal, TextAt(config, "provisioning_uri"),
                    NumberAt(config, "otp_digits"), NumberAt(config, "interval"));
}

// Behind sudo "yourself" is root, which is seldom who is meant. A script is told and goes on.
Result<void> CheckWhoIsMeant(const CliArguments& arguments, Terminal& terminal,
                             const Target& target) {
  if (!arguments.operands.empty() || arguments.sudo_user.empty() ||
      arguments.sudo_user == target.user) {
    return {};
  }
  terminal.Warn(
      Say("This changes the second factor of %1, not of %2.\n", target.user, arguments.sudo_user));
  if (!terminal.IsInteractive()) {
    return {};
  }
  const auto answer = terminal.Ask(Say("Continue? (yes/no) "));
  return answer && SaysYes(answer->text())
             ? Result<void>()
             : Fail(ErrorCode::kConflict,
                    Say("nothing was changed (run 'twofactorctl renew %1' for %1)",
                        arguments.sudo_user));
}

std::string WhatBecameOfTheOld(const Target& target) {
  if (!target.added) {
    return " " + Say("The old secret of this device no longer works.");
  }
  return target.has_devices ? " " + Say("This adds a device. The other devices keep working.") : "";
}

CommandResult Renewed(const Target& target, const json& entry) {
  CommandResult result;
  result.json = {{"changed", true},
                 {"username", target.user},
                 {"added", target.added},
                 {"recovery_codes_left", target.recovery_codes_left},
                 {"twofactor_config", ObjectAt(entry, "twofactor_config")}};
  result.text =
      Say("%1's new secret is now active.", target.user) + WhatBecameOfTheOld(target) + "\n";
  if (target.recovery_codes_left.is_null() || target.recovery_codes_left == 0) {
    result.text += Say("No recovery codes yet. Run 'twofactorctl recovery-codes' to create ten.\n");
  }
  return result;
}

// Asked before anything is changed, and not when the secret is to be written.
Result<void> CheckPictureIsFree(const CliArguments& arguments) {
  if (!arguments.force && !arguments.picture().empty() &&
      access(arguments.picture().c_str(), F_OK) == 0) {
    return Fail(
        ErrorCode::kConflict,
        Say("%1 exists; nothing was changed (use --force to replace it)", arguments.picture()));
  }
  return {};
}

// --if-none, where there is one.
CommandResult LeftAlone(const Target& target) {
  CommandResult result;
  result.json = {{"changed", false},
                 {"username", target.user},
                 {"added", false},
                 {"recovery_codes_left", target.recovery_codes_left}};
  result.text = Say("%1 already has this device; nothing was changed.\n", target.user);
  return result;
}

Result<CommandResult> Confirm(Connection& daemon, Terminal& terminal, const Target& target) {
  for (int i = 0; i < kTries; ++i) {
    const auto code = terminal.Ask(Say("Code that your app shows now: "));
    if (!code) {
      break;
    }
    const auto entry =
        daemon.Call("user.finish_2fa_enrollment", {target.user, std::string(code->text())});
    if (entry) {
      return Renewed(target, *entry);
    }
    if (entry.error().code() != ErrorCode::kConflict) {
      return Fail(entry.error());
    }
    terminal.Show(i + 1 < kTries ? Say("This code does not match the new secret. Try again.\n")
                                 : Say("This code does not match the new secret.\n"));
  }
  return Fail(
      ErrorCode::kConflict,
      Say("no correct code was entered; nothing was changed, and existing devices keep working"));
}

// In force at once: whatever goes wrong with showing the secret, it is the one that counts now.
Result<CommandResult> RenewAtOnce(const CliArguments& arguments, Connection& daemon,
                                  Terminal& terminal, const Target& target, const json& params) {
  if (const auto writable = terminal.CheckOutput(); !writable) {
    return Fail(writable.error().Under(Say("nothing was changed")));
  }
  const auto entry = CallProving(daemon, terminal, "user.renew_2fa_secret", params);
  if (!entry) {
    return Fail(entry.error());
  }
  CommandResult result = Renewed(target, *entry);
  if (arguments.json && arguments.picture().empty()) {
    return result;
  }
  if (const auto shown = ShowEntry(arguments, terminal, *entry); !shown) {
    result.status = ExitStatus::kFailed;
    result.json["error"] = shown.error().message();
    result.text += Say("Error: %1\n", shown.error().message());
  }
  return result;
}

}  // namespace

Result<CommandResult> RunRenew(const CliArguments& arguments, Connection& daemon,
                               Terminal& terminal) {
  // The picture of a call before this one is no obstacle where nothing will be written.
  if (const auto free = CheckPictureIsFree(arguments); !free && !arguments.if_none) {
    return Fail(free.error());
  }
  const auto target = FindTarget(arguments, daemon);
  if (!target) {
    return Fail(target.error());
  }
  if (arguments.if_none && !target->added) {
    return LeftAlone(*target);
  }
  if (const auto free = CheckPictureIsFree(arguments); !free) {
    return Fail(free.error());
  }
  if (const auto meant = CheckWhoIsMeant(arguments, terminal, *target); !meant) {
    return Fail(meant.error());
  }
  const json params = {target->user, OptionsFrom(arguments)};
  if (arguments.no_confirm) {
    return RenewAtOnce(arguments, daemon, terminal, *target, params);
  }
  const auto entry = CallProving(daemon, terminal, "user.start_2fa_enrollment", params);
  if (!entry) {
    return Fail(entry.error());
  }
  auto shown = ShowEntry(arguments, terminal, *entry);
  if (shown) {
    shown = terminal.CheckOutput();
  }
  if (!shown) {
    return Fail(shown.error().Under(Say("nothing was changed")));
  }
  return Confirm(daemon, terminal, *target);
}

}  // namespace twofactor
