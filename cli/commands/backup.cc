#include "cli/backup_file.h"
#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/passphrase.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

// Writes the parts of a backup that was begun; gives how many users there were.
Result<std::int64_t> WriteParts(Connection& daemon, Terminal& terminal, BackupFileWriter& file,
                                std::int64_t users) {
  std::int64_t written = 0;
  for (bool last = false; !last;) {
    const auto part = daemon.Call("backup.next", json::array());
    if (!part) {
      return Fail(part.error());
    }
    const std::string line = TextAt(*part, "part");
    if (line.empty()) {
      return Fail(ErrorCode::kCorrupt, Say("the daemon sent an empty part of the backup"));
    }
    if (const auto put = file.WriteLine(line); !put) {
      return Fail(put.error());
    }
    written += NumberAt(*part, "users");
    last = TruthAt(*part, "last");
    terminal.ShowProgress(SayCount("%2 of %1 user", "%2 of %1 users", users, written));
  }
  terminal.ShowProgress("");
  return written;
}

Result<CommandResult> Write(const CliArguments& arguments, Connection& daemon, Terminal& terminal,
                            const SecretBytes& passphrase) {
  const std::string& path = arguments.operands[0];
  auto file = BackupFileWriter::Open(path, arguments.force);
  if (!file) {
    return Fail(file.error());
  }
  const auto begun = daemon.Call("backup.start", json::array({std::string(passphrase.text())}));
  if (!begun) {
    return Fail(begun.error());
  }
  if (const auto put = file->WriteLine(TextAt(*begun, "header")); !put) {
    return Fail(put.error());
  }
  const auto users = WriteParts(daemon, terminal, *file, NumberAt(*begun, "users"));
  if (!users) {
    return Fail(users.error().Under(Say("no backup was written")));
  }
  if (const auto finished = file->Finish(); !finished) {
    return Fail(finished.error());
  }
  CommandResult result;
  result.json = {{"changed", true}, {"file", path}, {"users", *users}};
  if (path != "-") {
    result.text = SayCount(
        "Backed up %1 user to %2. Without the passphrase nobody can restore it, not even you.\n",
        "Backed up %1 users to %2. Without the passphrase nobody can restore it, not even you.\n",
        *users, path);
  }
  return result;
}

}  // namespace

Result<CommandResult> RunBackup(const CliArguments& arguments, Connection& daemon,
                                Terminal& terminal) {
  const std::string& path = arguments.operands[0];
  if (path == "-" && arguments.json) {
    return Fail(ErrorCode::kInvalidParams,
                Say("standard output cannot take both the backup and JSON; name a file"));
  }
  // Before a passphrase is thought of for nothing.
  if (const auto free = BackupFileWriter::Open(path, arguments.force); !free) {
    return Fail(free.error());
  }
  const auto passphrase = AskPassphrase(arguments, terminal, /*twice=*/true);
  return passphrase ? Write(arguments, daemon, terminal, *passphrase) : Fail(passphrase.error());
}

}  // namespace twofactor
