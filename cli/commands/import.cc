#include <unistd.h>

#include <array>
#include <climits>
#include <string>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/import/container_key.h"
#include "cli/import/format.h"
#include "cli/import/gather.h"
#include "cli/import/home_file.h"
#include "cli/import/progress.h"
#include "cli/import/upload.h"
#include "cli/import/whole_file.h"
#include "cli/json_fields.h"
#include "cli/step_up.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

std::string HostName() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : std::string();
}

tl::unexpected<Error> Misused(std::string message) {
  return Fail(ErrorCode::kInvalidParams, std::move(message));
}

// Beside what the table says of the options.
Result<void> CheckArguments(const CliArguments& arguments) {
  if (!arguments.homes) {
    return arguments.operands.size() == 1
               ? Result<void>()
               : Misused(Say("import needs one file, or - for standard input"));
  }
  if (!arguments.format.empty() &&
      FormatOf(arguments.format) != ImportFormat::kGoogleAuthenticator) {
    return Misused(Say("--homes imports only google-authenticator files"));
  }
  return geteuid() == 0 ? Result<void>()
                        : Fail(ErrorCode::kNotPermitted,
                               Say("only root can read files in the homes of other users"));
}

// What --only and the like say, with the map that is read.
Result<Choice> ChoiceOf(const CliArguments& arguments) {
  Choice choice{arguments.only, arguments.issuer, arguments.label, arguments.serial, std::nullopt};
  if (!arguments.map.empty()) {
    const auto bytes = ReadWholeFile(arguments.map, kMaxImportBytes);
    auto map = bytes ? ParseUserMap(bytes->text()) : Fail(bytes.error());
    if (!map) {
      return Fail(map.error().Under(Say("--map")));
    }
    choice.map = std::move(*map);
  }
  return choice;
}

Result<ImportRows> RowsOfFile(const CliArguments& arguments, ImportContext context,
                              Terminal& terminal) {
  const std::string& path = arguments.operands[0];
  auto choice = ChoiceOf(arguments);
  if (!choice) {
    return Fail(choice.error());
  }
  context.choice = std::move(*choice);
  const auto bytes = ReadWholeFile(path, kMaxImportBytes);
  if (!bytes) {
    return Fail(bytes.error());
  }
  const auto format =
      arguments.format.empty() ? GuessFormat(bytes->text()) : FormatOf(arguments.format);
  if (!format) {
    return Misused(Say("%1: cannot tell the format; name it with --format", path));
  }
  const Accounts accounts;
  context.knows = [&accounts](const std::string& name) { return accounts.Find(name).has_value(); };
  context.skip_unusable = arguments.skip_unusable || IsWholePhone(*format);
  context.allow_expired = arguments.allow_expired;
  auto users = ParseImport(*format, bytes->text(), context, [&](PskcKeyKind kind) {
    return ContainerKey(kind, arguments.key_file, terminal);
  });
  if (!users) {
    return Fail(users.error().Under(Say("%1 as %2", path, NameOf(*format))));
  }
  return RowsOf(std::move(*users), accounts);
}

// Those whom the daemon knows, be they enumerated or not; none where it does not answer.
std::vector<std::string> UsersOfVault(Connection& daemon) {
  const json filters = json::array({json::array({"twofactor_auth_configured", "=", true})});
  const auto users = daemon.Call("user.query", {filters, {{"select", json::array({"username"})}}});
  std::vector<std::string> names;
  for (const json& user : users && users->is_array() ? *users : json::array()) {
    names.push_back(TextAt(user, "username"));
  }
  return names;
}

Result<ImportRows> Rows(const CliArguments& arguments, Connection& daemon, Terminal& terminal) {
  const ImportContext context{SystemClock().Wall(), arguments.user, HostName()};
  if (!arguments.homes) {
    return RowsOfFile(arguments, context, terminal);
  }
  std::vector<std::string> names = arguments.operands;
  if (!arguments.users.empty()) {
    const auto bytes = ReadWholeFile(arguments.users, kMaxImportBytes);
    if (!bytes) {
      return Fail(bytes.error());
    }
    for (const std::string& name : NamesIn(bytes->text())) {
      names.push_back(name);
    }
  }
  if (names.empty()) {
    terminal.Warn(
        Say("Only users that the system enumerates and users of the vault are checked. Most "
            "directories enumerate nobody: name their users, or give a list with --users FILE (- "
            "for the output of 'getent group NAME').\n"));
  }
  return RowsOfHomes(names, arguments.path.empty() ? kGooglePath : arguments.path, context,
                     names.empty() ? UsersOfVault(daemon) : std::vector<std::string>());
}

CommandResult ResultOf(const ImportRows& rows, const CliArguments& arguments) {
  const ImportCounts counts = CountsOf(rows);
  CommandResult result;
  result.json = {{"changed", counts.imported + counts.unknown > 0 && !arguments.dry_run},
                 {"dry_run", arguments.dry_run},
                 {"imported", counts.imported},
                 {"exists", counts.exists},
                 {"refused", counts.refused},
                 {"results", ResultsOf(rows)}};
  result.text = ReportOf(rows, arguments.dry_run);
  result.status = counts.refused > 0 ? ExitStatus::kNo : ExitStatus::kOk;
  return result;
}

Result<void> Send(const CliArguments& arguments, Connection& daemon, Terminal& terminal,
                  ImportRows& rows) {
  Progress progress;
  return Upload(
      rows, {arguments.dry_run, arguments.replace},
      [&](const json& params) {
        return CallProving(daemon, terminal, "user.import_2fa_devices", params);
      },
      [&](std::size_t done, std::size_t of) { progress.Tell(done, of); });
}

// Something for the report: somebody was answered for, or may be done.
bool AnythingDone(const ImportCounts& counts) {
  return counts.imported + counts.exists + counts.unknown > 0;
}

}  // namespace

Result<CommandResult> RunImport(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal) {
  if (const auto checked = CheckArguments(arguments); !checked) {
    return Fail(checked.error());
  }
  auto rows = Rows(arguments, daemon, terminal);
  if (!rows) {
    return Fail(rows.error());
  }
  // Whether the daemon is there at all is asked before anything can be half done.
  const bool any = CountsOf(*rows).unsent > 0;
  if (const auto me = any ? daemon.Call("auth.me", json::array()) : Result<json>(); !me) {
    return Fail(me.error());
  }
  const auto sent = Send(arguments, daemon, terminal, *rows);
  if (!sent && !AnythingDone(CountsOf(*rows))) {
    return Fail(sent.error());
  }
  CommandResult result = ResultOf(*rows, arguments);
  if (!sent) {
    result.status = StatusOf(sent.error());
    result.json["error"] = sent.error().message();
    result.text += Say("Error: %1\n", sent.error().message());
  }
  return result;
}

}  // namespace twofactor
