#include "cli/command_table.h"

#include "cli/translate.h"

namespace twofactor {
namespace {

using Args = CliArguments;

constexpr Option kCommon[] = {
    {"--json", &Args::json, Marked("Print one JSON object")},
    {"--run-dir DIR", &Args::run_directory, Marked("Use the daemon of this run directory")},
    {"--help", &Args::help, Marked("Show this help")},
    {"--version", &Args::version, Marked("Show the version")},
};

constexpr Option kYes = {"--yes", &Args::yes, Marked("Do not ask for confirmation")};

constexpr std::span<const Option> kNone = {};

constexpr Option kRenew[] = {
    {"--digits 6|7|8", &Args::digits, Marked("Number of digits in a code")},
    {"--interval 5..86400", &Args::interval, Marked("Seconds between two codes")},
    {"--label LABEL", &Args::label, Marked("Renew the device with this label, or add it")},
    {"--type totp|hotp", &Args::type, Marked("Codes by the time, or by a counter")},
    {"--algorithm sha1|sha256|sha512", &Args::algorithm, Marked("Hash function of the codes")},
    {"--png FILE", &Args::png, Marked("Write the QR code to a PNG file"), "--svg"},
    {"--svg FILE", &Args::svg, Marked("Write the QR code to an SVG file")},
    {"--force", &Args::force, Marked("Replace a file that exists")},
    {"--no-qr", &Args::no_qr, Marked("Do not show the QR code")},
    {"--no-confirm", &Args::no_confirm, Marked("Do not ask for a first code"),
     "--label --type --algorithm"},
    {"--if-none", &Args::if_none, Marked("Do nothing if the user has such a device")},
};

constexpr Option kStale[] = {
    {"--remove", &Args::remove, Marked("Remove the records")},
};

constexpr Option kAcceptTime[] = {
    {"--user USER", &Args::user, Marked("Only for the devices of this user")},
};

constexpr Option kBypass[] = {
    {"--for TIME", &Args::lasts, Marked("How long, such as 30m, 1h or 2h30m"), "--end --list"},
    {"--reason TEXT", &Args::reason, Marked("Reason, for the log and for the user"), "", "--for"},
    {"--end", &Args::end, Marked("End the bypass now"), "--list"},
    {"--list", &Args::list, Marked("List all bypasses")},
};

constexpr Option kRecoveryCodes[] = {
    {"--if-none", &Args::if_none, Marked("Do nothing if the user has some left")},
};

constexpr Option kBackup[] = {
    {"--force", &Args::force, Marked("Replace a file that exists")},
    {"--passphrase-file FILE", &Args::passphrase_file,
     Marked("Read the passphrase from the first line of this file")},
};

constexpr Option kRestore[] = {
    {"--dry-run", &Args::dry_run, Marked("Show what would be done, and change nothing")},
    {"--replace", &Args::replace, Marked("Replace the second factors that users have")},
    {"--keep-uids", &Args::keep_uids, Marked("Keep the uids of the backup")},
    {"--settings", &Args::settings, Marked("Restore the settings, too")},
    {"--passphrase-file FILE", &Args::passphrase_file,
     Marked("Read the passphrase from the first line of this file")},
};

constexpr Option kRekey[] = {
    {"--key-file FILE", &Args::key_file, Marked("Where the key is, if not in a usual place")},
    {"--root DIR", &Args::root, Marked("Look for the key below this directory")},
};

constexpr Option kStack[] = {
    {"--write", &Args::write, Marked("Write the lines to the file of the service"), "--undo"},
    {"--undo", &Args::undo, Marked("Put back what was there before")},
    {"--dry-run", &Args::dry_run, Marked("Show what would be done, and change nothing")},
    {"--root DIR", &Args::root, Marked("Use the files below this directory")},
};

constexpr Option kDoctor[] = {
    {"--root DIR", &Args::root, Marked("Check the files below this directory")},
};

constexpr Option kImport[] = {
    {"--format users.oath|google-authenticator|otpauth|otpauth-migration|picture|pskc|aegis|2fas|"
     "andotp|freeotp+|bitwarden|keepassxc",
     &Args::format, Marked("Format of the file")},
    {"--user USER", &Args::user, Marked("The user of everything in the file"), "--map"},
    {"--map FILE", &Args::map, Marked("Lines of a serial number or account, a comma, a user")},
    {"--only PATTERN", &Args::only, Marked("Import only what matches")},
    {"--issuer PATTERN", &Args::issuer, Marked("Import only matching issuers")},
    {"--label PATTERN", &Args::label, Marked("Import only matching accounts")},
    {"--serial NUMBER", &Args::serial, Marked("Import only this hardware token")},
    {"--skip-unusable", &Args::skip_unusable, Marked("Skip entries that cannot be used")},
    {"--allow-expired", &Args::allow_expired, Marked("Import PSKC keys that have expired")},
    {"--key-file FILE", &Args::key_file,
     Marked("What decrypts the file, on the first line of FILE")},
    {"--dry-run", &Args::dry_run, Marked("Show what would be done, and change nothing")},
    {"--replace", &Args::replace, Marked("Replace the second factors that users have")},
    {"--homes", &Args::homes, Marked("Import the file in the home of each user"),
     "--user --map --only --issuer --label --serial --skip-unusable --allow-expired --key-file"},
    {"--path TEMPLATE", &Args::path, Marked("Where that file is, if not in the usual place"), "",
     "--homes"},
    {"--users FILE", &Args::users, Marked("Names of the users, one a line"), "", "--homes"},
};

constexpr bool kAsks = true;
constexpr bool kActs = false;

constexpr Command kCommands[] = {
    {"renew", "[USER]", kActs, RunRenew, Marked("Set up a second factor, or replace a secret"),
     kRenew},
    {"status", "[USER]", kActs, RunStatus, Marked("Show whether a user has a second factor")},
    {"verify", "[USER]", kActs, RunVerify, Marked("Check a code; it cannot be used again")},
    {"list", "", kActs, RunList, Marked("List the users with a second factor")},
    {"devices", "[USER]", kActs, RunDevices, Marked("List the devices of a user, and their IDs")},
    {"rename-device", "[USER] ID LABEL", kActs, RunRenameDevice,
     Marked("Change the label of a device")},
    {"remove-device", "[USER] ID", kAsks, RunRemoveDevice, Marked("Remove one device")},
    {"resync", "[USER] [ID]", kActs, RunResync,
     Marked("Correct a counter or a clock, by two codes in a row")},
    {"recovery-codes", "[USER]", kActs, RunRecoveryCodes,
     Marked("Create ten recovery codes in place of the old ones"), kRecoveryCodes},
    {"unset", "USER", kAsks, RunUnset, Marked("Remove the second factor of a user")},
    {"unlock", "USER", kActs, RunUnlock, Marked("Clear the failed attempts of a user")},
    {"bypass", "[USER]", kActs, RunBypass, Marked("Let a user log in without a code for a while"),
     kBypass, "USER --for TIME [--reason TEXT]\nUSER --end\n--list"},
    {"accept-time", "", kActs, RunAcceptTime,
     Marked("Accept codes again after the clock was ahead"), kAcceptTime, "[--user USER]"},
    {"stale", "[USER]...", kAsks, RunStale,
     Marked("List what is kept of users that no longer exist"), kStale, "\n--remove [USER ...]"},
    {"rename-user", "OLD NEW", kAsks, RunRenameUser,
     Marked("Give the devices of a renamed user the new name")},
    {"upkeep", "", kActs, RunUpkeep, Marked("Run the daily cleanup")},
    {"import", "[FILE]...", kActs, RunImport,
     Marked("Import the second factors of another program"), kImport, "FILE\n--homes [USER ...]"},
    {"config", "[set] [enabled|ssh|window] [true|false]", kActs, RunConfig,
     Marked("Show or change the settings of all logins"), kNone,
     "\nset enabled|ssh true|false\nset window N"},
    {"backup", "FILE", kActs, RunBackup,
     Marked("Write everything to a file, encrypted with a passphrase"), kBackup},
    {"restore", "FILE", kActs, RunRestore, Marked("Restore a backup"), kRestore},
    {"rekey", "", kActs, RunRekey, Marked("Replace the key of the vault"), kRekey},
    {"stack", "[SERVICE]", kActs, RunStack,
     Marked("Show or write PAM lines that ask for password and code"), kStack},
    {"doctor", "", kActs, RunDoctor, Marked("Look for problems with logins"), kDoctor},
    {"help", "[COMMAND]", kActs, RunHelp, Marked("Show the options of a command")},
};

}  // namespace

std::span<const Command> AllCommands() { return kCommands; }

std::vector<Option> OptionsOf(const Command* command) {
  std::vector<Option> options;
  if (command != nullptr) {
    options.assign(command->options.begin(), command->options.end());
  }
  if (command != nullptr && command->asks) {
    options.push_back(kYes);
  }
  options.insert(options.end(), std::begin(kCommon), std::end(kCommon));
  return options;
}

}  // namespace twofactor
