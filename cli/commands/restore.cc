#include <utility>

#include "cli/backup_file.h"
#include "cli/commands/commands.h"
#include "cli/json_fields.h"
#include "cli/passphrase.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

// What became of the users of a backup so far.
struct Tally {
  std::int64_t restored = 0;  // Or would be.
  std::int64_t exists = 0;
  json refused = json::array();
  json left_out = json::array();
  std::int64_t uses_unknown = 0;
  bool settings = false;

  std::int64_t total() const {
    return restored + exists + static_cast<std::int64_t>(refused.size());
  }
  void Add(const json& user) {
    const std::string outcome = TextAt(user, "outcome");
    if (outcome == "imported" || outcome == "would_import") {
      ++restored;
      uses_unknown += TruthAt(user, "uses_unknown") ? 1 : 0;
      if (const std::string reason = TextAt(user, "reason"); !reason.empty()) {
        left_out.push_back({{"username", TextAt(user, "username")}, {"reason", reason}});
      }
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
      return Fail(line ? Error(ErrorCode::kCorrupt, Say("the backup is truncated")) : line.error());
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
    terminal.ShowProgress(SayCount("%2 of %1 user", "%2 of %1 users", users, tally.total()));
  }
  const auto end = file.ReadLine();
  if (!end || *end) {
    return Fail(ErrorCode::kCorrupt, Say("the backup has data after its last part"));
  }
  return {};
}

std::string TextOf(const Tally& tally, bool dry_run) {
  std::string text;
  for (const json& user : tally.refused) {
    text += Say("%1: not restored: %2\n", TextAt(user, "username"), TextAt(user, "reason"));
  }
  for (const json& user : tally.left_out) {
    text += Say("%1: partly restored: %2\n", TextAt(user, "username"), TextAt(user, "reason"));
  }
  text += dry_run
              ? SayCount("%1 user would be restored", "%1 users would be restored", tally.restored)
              : SayCount("%1 user was restored", "%1 users were restored", tally.restored);
  if (tally.exists > 0) {
    text +=
        SayCount(", %1 already has a second factor (use --replace to take the one of the backup)",
                 ", %1 already have a second factor (use --replace to take the one of the backup)",
                 tally.exists);
  }
  text += Say(".\n");
  if (tally.uses_unknown > 0) {
    text += SayCount(
        "%1 user has HOTP devices or recovery codes, and this machine does not know which codes "
        "were used after the backup was made. If codes may have been used elsewhere, renew these "
        "devices and recovery codes.\n",
        "%1 users have HOTP devices or recovery codes, and this machine does not know which codes "
        "were used after the backup was made. If codes may have been used elsewhere, renew these "
        "devices and recovery codes.\n",
        tally.uses_unknown);
  }
  return text + (tally.settings ? Say("The settings were restored.\n") : "");
}

CommandResult Report(const Tally& tally, bool dry_run, const Result<void>& whole) {
  CommandResult result;
  const bool changed = !dry_run && (tally.restored > 0 || tally.settings);
  result.json = {{"changed", changed},         {"dry_run", dry_run},
                 {"restored", tally.restored}, {"exists", tally.exists},
                 {"refused", tally.refused},   {"settings", tally.settings},
                 {"left_out", tally.left_out}, {"uses_unknown", tally.uses_unknown}};
  result.text = TextOf(tally, dry_run);
  if (!tally.refused.empty()) {
    result.status = ExitStatus::kNo;
  }
  if (!whole) {
    result.status = StatusOf(whole.error());
    result.json["error"] = whole.error().message();
    result.text +=
        Say("The restore is incomplete: %1. What came before the error was restored, the rest was "
            "not.\n",
            whole.error().message());
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
    return Fail(header ? Error(ErrorCode::kCorrupt, Say("the backup is empty")) : header.error());
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
