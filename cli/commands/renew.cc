#include <unistd.h>

#include <charconv>
#include <string_view>
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

Result<void> AddNumber(json& options, const char* key, const std::string& text) {
  if (text.empty()) {
    return {};
  }
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Fail(ErrorCode::kInvalidParams, Say("--digits and --interval take a number"));
  }
  options[key] = number;
  return {};
}

// One of these words in any case, as the API writes it.
Result<void> AddWord(json& options, const char* key, const std::string& text,
                     std::initializer_list<std::string_view> words) {
  if (text.empty()) {
    return {};
  }
  for (const std::string_view word : words) {
    if (EqualWords(text, word)) {
      options[key] = word;
      return {};
    }
  }
  return Fail(ErrorCode::kInvalidParams,
              Say("--type is totp or hotp, and --algorithm sha1, sha256 or sha512"));
}

Result<json> OptionsFrom(const CliArguments& arguments) {
  json options = json::object();
  if (!arguments.label.empty()) {
    options["label"] = arguments.label;
  }
  if (const auto added = AddWord(options, "type", arguments.type, {"TOTP", "HOTP"}); !added) {
    return Fail(added.error());
  }
  if (const auto added =
          AddWord(options, "algorithm", arguments.algorithm, {"SHA1", "SHA256", "SHA512"});
      !added) {
    return Fail(added.error());
  }
  if (const auto added = AddNumber(options, "otp_digits", arguments.digits); !added) {
    return Fail(added.error());
  }
  if (const auto added = AddNumber(options, "interval", arguments.interval); !added) {
    return Fail(added.error());
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
      Say("This is about the second factor of %1, not of %2.\n", target.user, arguments.sudo_user));
  if (!terminal.IsInteractive()) {
    return {};
  }
  const auto answer = terminal.Ask(Say("Go on? (yes/no) "));
  return answer && SaysYes(answer->text())
             ? Result<void>()
             : Fail(ErrorCode::kConflict,
                    Say("nothing was changed: 'twofactorctl renew %1' is about %1",
                        arguments.sudo_user));
}

std::string WhatBecameOfTheOld(const Target& target) {
  if (!target.added) {
    return " " + Say("The old one of this device is dead.");
  }
  return target.has_devices ? " " + Say("It is of one more device; the others work on.") : "";
}

CommandResult Renewed(const Target& target, const json& entry) {
  CommandResult result;
  result.json = {{"changed", true},
                 {"username", target.user},
                 {"added", target.added},
                 {"recovery_codes_left", target.recovery_codes_left},
                 {"twofactor_config", ObjectAt(entry, "twofactor_config")}};
  result.text =
      Say("The new secret of %1 is in force.", target.user) + WhatBecameOfTheOld(target) + "\n";
  if (target.recovery_codes_left.is_null() || target.recovery_codes_left == 0) {
    result.text +=
        Say("There are no recovery codes for the day when it is lost: 'twofactorctl"
            " recovery-codes' makes ten.\n");
  }
  return result;
}

// Asked before anything is changed, and not when the secret is to be written.
Result<void> CheckPictureIsFree(const CliArguments& arguments) {
  if (!arguments.force && !arguments.picture().empty() &&
      access(arguments.picture().c_str(), F_OK) == 0) {
    return Fail(ErrorCode::kConflict,
                Say("%1 is there: nothing was changed (--force replaces it)", arguments.picture()));
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
  result.text = Say("%1 has this device already: nothing was changed.\n", target.user);
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
    terminal.Show(i + 1 < kTries ? Say("That is not the code of the new secret: try again.\n")
                                 : Say("That is not the code of the new secret.\n"));
  }
  return Fail(
      ErrorCode::kConflict,
      Say("no right code was given: nothing was changed, and what worked before still works"));
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
    result.text += Say("But: %1\n", shown.error().message());
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
  // user.renew_2fa_secret is as its reference has it.
  const bool more =
      options->contains("label") || options->contains("type") || options->contains("algorithm");
  if (arguments.no_confirm && more) {
    return Fail(ErrorCode::kInvalidParams,
                Say("--label, --type and --algorithm need a first code of the new secret: leave"
                    " --no-confirm out"));
  }
  if (!arguments.png.empty() && !arguments.svg.empty()) {
    return Fail(ErrorCode::kInvalidParams, Say("one of --png and --svg, and not both"));
  }
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
  const json params = {target->user, *options};
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
