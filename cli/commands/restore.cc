#include <utility>

#include "cli/backup_file.h"
#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/passphrase.h"

namespace twofactor {
namespace {

using nlohmann::json;

// What became of the users of a backup so far.
struct Tally {
  std::int64_t restored = 0;  // Or would be.
  std::int64_t exists = 0;
  json refused = json::array();
  bool settings = false;

  std::int64_t total() const {
    return restored + exists + static_cast<std::int64_t>(refused.size());
  }
  void Add(const json& user) {
    const std::string outcome = TextAt(user, "outcome");
    if (outcome == "imported" || outcome == "would_import") {
      ++restored;
    } else if (outcome == "exists") {
      ++exists;
    } else {
      refused.push_back(
          {{"username", TextAt(user, "username")}, {"reason", TextAt(user, "reason")}});
    }
  }
};

// Every part up to the last. What was restored before a part that is missing or damaged stays.
Result<void> RestoreParts(Connection& daemon, Terminal& terminal, BackupFileReader& file,
                          std::int64_t users, Tally& tally) {
  for (bool last = false; !last;) {
    const auto line = file.ReadLine();
    if (!line || !*line) {
      return Fail(line ? Error(ErrorCode::kCorrupt, "the backup was cut off") : line.error());
    }
    const auto part = daemon.Call("restore.next", json::array({**line}));
    if (!part) {
      return Fail(part.error());
    }
    for (const json& user : ListAt(*part, "users")) {
      tally.Add(user);
    }
    tally.settings = tally.settings || TruthAt(*part, "settings");
    last = TruthAt(*part, "last");
    terminal.ShowProgress(std::to_string(tally.total()) + " of " + std::to_string(users) +
                          " users");
  }
  const auto end = file.ReadLine();
  if (!end || *end) {
    return Fail(ErrorCode::kCorrupt, "there is more behind the last part of the backup");
  }
  return {};
}

std::string TextOf(const Tally& tally, bool dry_run) {
  std::string text;
  for (const json& user : tally.refused) {
    text += TextAt(user, "username") + ": not restored: " + TextAt(user, "reason") + "\n";
  }
  text +=
      std::to_string(tally.restored) + (dry_run ? " users would be" : " users were") + " restored";
  if (tally.exists > 0) {
    text += ", " + std::to_string(tally.exists) +
            " have a second factor already (--replace takes the backup's)";
  }
  return text + ".\n" + (tally.settings ? "The settings were restored.\n" : "");
}

CommandResult Report(const Tally& tally, bool dry_run, const Result<void>& whole) {
  CommandResult result;
  const bool changed = !dry_run && (tally.restored > 0 || tally.settings);
  result.json = {{"changed", changed},         {"dry_run", dry_run},
                 {"restored", tally.restored}, {"exists", tally.exists},
                 {"refused", tally.refused},   {"settings", tally.settings}};
  result.text = TextOf(tally, dry_run);
  if (!tally.refused.empty()) {
    result.status = ExitStatus::kNo;
  }
  if (!whole) {
    result.status = StatusOf(whole.error());
    result.json["error"] = whole.error().message();
    result.text += "But not all of it: " + whole.error().message() +
                   ". What came before that is restored as said; nothing came of the rest.\n";
  }
  return result;
}

}  // namespace

Result<CommandResult> RunRestore(const CliArguments& arguments, Connection& daemon,
                                 Terminal& terminal) {
  const std::string& path = arguments.operands[0];
  if (path != "-") {
    if (const auto there = BackupFileReader::Open(path); !there) {
      return Fail(there.error());
    }
  }
  // From a pipe, the passphrase is the line before the backup.
  const auto passphrase = AskPassphrase(arguments, terminal, /*twice=*/false);
  if (!passphrase) {
    return Fail(passphrase.error());
  }
  auto file = BackupFileReader::Open(path);
  if (!file) {
    return Fail(file.error());
  }
  const auto header = file->ReadLine();
  if (!header || !*header) {
    return Fail(header ? Error(ErrorCode::kCorrupt, "the backup is empty") : header.error());
  }
  const auto begun =
      daemon.Call("restore.start", json::array({**header,
                                                std::string(passphrase->text()),
                                                {{"dry_run", arguments.dry_run},
                                                 {"replace", arguments.replace},
                                                 {"keep_uids", arguments.keep_uids},
                                                 {"settings", arguments.settings}}}));
  if (!begun) {
    return Fail(begun.error());
  }
  Tally tally;
  const auto whole = RestoreParts(daemon, terminal, *file, NumberAt(*begun, "users"), tally);
  terminal.ShowProgress("");
  return Report(tally, arguments.dry_run, whole);
}

}  // namespace twofactor
