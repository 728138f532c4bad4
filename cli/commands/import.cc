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
#include "cli/step_up.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

// Without its domain.
std::string HostName() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) {
    return {};
  }
  const std::string host(name.data());
  return host.substr(0, host.find('.'));
}

tl::unexpected<Error> Misused(std::string message) {
  return Fail(ErrorCode::kInvalidParams, std::move(message));
}

Result<void> CheckArguments(const CliArguments& arguments) {
  if (!arguments.format.empty() && !FormatOf(arguments.format)) {
    return Misused(
        Say("--format is users.oath, google-authenticator, otpauth, otpauth-migration or pskc"));
  }
  if (!arguments.homes) {
    if (!arguments.path.empty()) {
      return Misused(Say("--path is for --homes"));
    }
    return arguments.operands.size() == 1
               ? Result<void>()
               : Misused(Say("import needs one file, or - for standard input"));
  }
  if (!arguments.format.empty() &&
      FormatOf(arguments.format) != ImportFormat::kGoogleAuthenticator) {
    return Misused(Say("--homes reads files of google-authenticator only"));
  }
  if (!arguments.user.empty() || !arguments.key_file.empty()) {
    return Misused(Say("--user and --key-file are not for --homes; name users after it"));
  }
  if (geteuid() != 0) {
    return Fail(ErrorCode::kNotPermitted, Say("only root can read files of other users' homes"));
  }
  return {};
}

Result<ImportRows> RowsOfFile(const CliArguments& arguments, const ImportContext& context,
                              Terminal& terminal) {
  const std::string& path = arguments.operands[0];
  const auto bytes = ReadWholeFile(path, kMaxImportBytes);
  if (!bytes) {
    return Fail(bytes.error());
  }
  const auto format =
      arguments.format.empty() ? GuessFormat(bytes->text()) : FormatOf(arguments.format);
  if (!format) {
    return Misused(Say("%1: the format is not clear; name it with --format", path));
  }
  auto users = ParseImport(*format, bytes->text(), context, [&](PskcKeyKind kind) {
    return ContainerKey(kind, arguments.key_file, terminal);
  });
  if (!users) {
    return Fail(users.error().Under(Say("%1 as %2", path, NameOf(*format))));
  }
  return RowsOf(std::move(*users));
}

Result<ImportRows> Rows(const CliArguments& arguments, Terminal& terminal) {
  const ImportContext context{SystemClock().Wall(), arguments.user, HostName()};
  if (arguments.homes) {
    return RowsOfHomes(arguments.operands, arguments.path.empty() ? kGooglePath : arguments.path,
                       context);
  }
  return RowsOfFile(arguments, context, terminal);
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
  auto rows = Rows(arguments, terminal);
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
    result.text += Say("But: %1\n", sent.error().message());
  }
  return result;
}

}  // namespace twofactor
