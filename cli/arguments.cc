#include "cli/arguments.h"

#include <getopt.h>

#include <algorithm>
#include <array>

#include "cli/translate.h"

namespace twofactor {

const char* const kCliUsage = Marked(
    "Usage: twofactorctl [--json] COMMAND [OPTIONS] [USER]\n"
    "\n"
    "  renew [USER]   give a user a new secret: shows it as a QR picture and asks for a first "
    "code\n"
    "                   --digits N (6 to 8), --interval SECONDS (5 or more)\n"
    "                   --png|--svg FILE [--force], --no-qr, --no-confirm\n"
    "                   --if-none: only where there is no such device yet\n"
    "                   --label LABEL: the device of that label, or one more device where none "
    "has\n"
    "                   it; left out, the first device\n"
    "                   --type totp|hotp, --algorithm sha1|sha256|sha512\n"
    "  status [USER]  tell how a user's second factor is set up\n"
    "  verify [USER]  read a code and tell whether it is right; it is used up\n"
    "  list           tell who has a second factor\n"
    "  unset USER     take a user's second factor away [--yes]\n"
    "  stale          tell what is kept of users whom the system no longer knows\n"
    "                   --remove [USER ...]: take it away [--yes]\n"
    "  rename-user OLD NEW             give a user's devices the name that the user has now "
    "[--yes]\n"
    "  upkeep         do what the timer does every day\n"
    "  import FILE|-  take over what another program's users have\n"
    "                   --format users.oath|google-authenticator|otpauth|otpauth-migration|\n"
    "                   picture|pskc|aegis|2fas|andotp|freeotp+|bitwarden|keepassxc,\n"
    "                   --user NAME, --key-file FILE, --dry-run, --replace\n"
    "                   --only|--issuer|--label PATTERN, --serial NUMBER: take some of it\n"
    "                   --map FILE: lines of serial number or account, comma, user\n"
    "                   --skip-unusable, --allow-expired\n"
    "  import --homes [--users FILE] [USER ...]\n"
    "                 the same of ~/.google_authenticator [--path TEMPLATE]\n"
    "  unlock USER    forget a user's wrong codes, so that the next one is looked at\n"
    "  accept-time    accept codes again after the clock was ahead [--user NAME]\n"
    "  bypass USER --for TIME (30m, 1h, 2h30m) [--reason TEXT]\n"
    "                 let a user in without a code for a while; ends by itself\n"
    "  bypass USER --end               end it now\n"
    "  bypass --list                   tell who is let in so\n"
    "  recovery-codes [USER]           show ten new recovery codes; the old ones are dead then\n"
    "                   --if-none: only where none are left\n"
    "  devices [USER]                  tell what devices a user has, and their IDs\n"
    "  rename-device [USER] ID LABEL   call a device something else\n"
    "  remove-device [USER] ID         take one device away [--yes]\n"
    "  resync [USER] [ID]              two codes in a row set a counter or a clock right\n"
    "  config         show the settings of every login\n"
    "  config set enabled|ssh true|false\n"
    "  config set window N\n"
    "  backup FILE    take everything along, sealed with a passphrase [--force]\n"
    "  restore FILE   bring back what a backup holds\n"
    "                   --dry-run, --replace, --keep-uids, --settings\n"
    "                   both: --passphrase-file FILE; FILE - is a pipe\n"
    "  rekey          give the vault another key, while logins go on [--key-file FILE]\n"
    "  stack [SERVICE]\n"
    "                 show the PAM lines with which a program can ask for password and code\n"
    "                   --write: put them into /etc/pam.d, --dry-run: show the change only,\n"
    "                   --undo: put back what was there\n"
    "  doctor         look for what would keep a login from working or let it skip the factor\n"
    "\n"
    "USER is yourself if left out. Codes are asked for, or read from standard input; never an\n"
    "argument. --run-dir DIR reaches another daemon. See twofactorctl(1).\n");

namespace {

enum LongOption : int {
  kJson = 256,
  kHelp,
  kVersion,
  kYes,
  kRemove,
  kNoConfirm,
  kNoQr,
  kForce,
  kIfNone,
  kDigits,
  kInterval,
  kLabel,
  kType,
  kAlgorithm,
  kPng,
  kSvg,
  kRunDir,
  kRoot,
  kDryRun,
  kReplace,
  kHomes,
  kFormat,
  kUser,
  kKeyFile,
  kPath,
  kOnly,
  kIssuer,
  kSerial,
  kMap,
  kUsers,
  kSkipUnusable,
  kAllowExpired,
  kKeepUids,
  kSettings,
  kPassphraseFile,
  kFor,
  kReason,
  kEnd,
  kList,
  kWrite,
  kUndo
};

constexpr std::array kLongOptions = {
    option{"json", no_argument, nullptr, kJson},
    option{"help", no_argument, nullptr, kHelp},
    option{"version", no_argument, nullptr, kVersion},
    option{"yes", no_argument, nullptr, kYes},
    option{"remove", no_argument, nullptr, kRemove},
    option{"no-confirm", no_argument, nullptr, kNoConfirm},
    option{"no-qr", no_argument, nullptr, kNoQr},
    option{"force", no_argument, nullptr, kForce},
    option{"if-none", no_argument, nullptr, kIfNone},
    option{"digits", required_argument, nullptr, kDigits},
    option{"interval", required_argument, nullptr, kInterval},
    option{"label", required_argument, nullptr, kLabel},
    option{"type", required_argument, nullptr, kType},
    option{"algorithm", required_argument, nullptr, kAlgorithm},
    option{"png", required_argument, nullptr, kPng},
    option{"svg", required_argument, nullptr, kSvg},
    option{"run-dir", required_argument, nullptr, kRunDir},
    option{"root", required_argument, nullptr, kRoot},
    option{"dry-run", no_argument, nullptr, kDryRun},
    option{"replace", no_argument, nullptr, kReplace},
    option{"homes", no_argument, nullptr, kHomes},
    option{"format", required_argument, nullptr, kFormat},
    option{"user", required_argument, nullptr, kUser},
    option{"key-file", required_argument, nullptr, kKeyFile},
    option{"path", required_argument, nullptr, kPath},
    option{"only", required_argument, nullptr, kOnly},
    option{"issuer", required_argument, nullptr, kIssuer},
    option{"serial", required_argument, nullptr, kSerial},
    option{"map", required_argument, nullptr, kMap},
    option{"users", required_argument, nullptr, kUsers},
    option{"skip-unusable", no_argument, nullptr, kSkipUnusable},
    option{"allow-expired", no_argument, nullptr, kAllowExpired},
    option{"keep-uids", no_argument, nullptr, kKeepUids},
    option{"settings", no_argument, nullptr, kSettings},
    option{"passphrase-file", required_argument, nullptr, kPassphraseFile},
    option{"for", required_argument, nullptr, kFor},
    option{"reason", required_argument, nullptr, kReason},
    option{"end", no_argument, nullptr, kEnd},
    option{"list", no_argument, nullptr, kList},
    option{"write", no_argument, nullptr, kWrite},
    option{"undo", no_argument, nullptr, kUndo},
    option{nullptr, 0, nullptr, 0}};

// The options of import; two of them are restore's, too.
bool TakeImportOption(int option_id, CliArguments& arguments) {
  switch (option_id) {
    case kDryRun:
      arguments.dry_run = true;
      return true;
    case kReplace:
      arguments.replace = true;
      return true;
    case kHomes:
      arguments.homes = true;
      return true;
    case kFormat:
      arguments.format = optarg;
      return true;
    case kUser:
      arguments.user = optarg;
      return true;
    case kKeyFile:
      arguments.key_file = optarg;
      return true;
    case kPath:
      arguments.path = optarg;
      return true;
    default:
      return false;
  }
}

// Those that choose among what a file holds.
bool TakeChoiceOption(int option_id, CliArguments& arguments) {
  switch (option_id) {
    case kOnly:
      arguments.only = optarg;
      return true;
    case kIssuer:
      arguments.issuer = optarg;
      return true;
    case kSerial:
      arguments.serial = optarg;
      return true;
    case kMap:
      arguments.map = optarg;
      return true;
    case kUsers:
      arguments.users = optarg;
      return true;
    case kSkipUnusable:
      arguments.skip_unusable = true;
      return true;
    case kAllowExpired:
      arguments.allow_expired = true;
      return true;
    default:
      return false;
  }
}

bool TakeBypassOption(int option_id, CliArguments& arguments) {
  switch (option_id) {
    case kFor:
      arguments.lasts = optarg;
      return true;
    case kReason:
      arguments.reason = optarg;
      return true;
    case kEnd:
      arguments.end = true;
      return true;
    case kList:
      arguments.list = true;
      return true;
    default:
      return false;
  }
}

// False for an option that does not exist or lacks its value.
bool TakeOption(int option_id, CliArguments& arguments) {
  switch (option_id) {
    case kJson:
      arguments.json = true;
      return true;
    case kHelp:
    case 'h':
      arguments.help = true;
      return true;
    case kVersion:
      arguments.version = true;
      return true;
    case kYes:
      arguments.yes = true;
      return true;
    case kRemove:
      arguments.remove = true;
      return true;
    case kNoConfirm:
      arguments.no_confirm = true;
      return true;
    case kNoQr:
      arguments.no_qr = true;
      return true;
    case kForce:
      arguments.force = true;
      return true;
    case kIfNone:
      arguments.if_none = true;
      return true;
    case kDigits:
      arguments.digits = optarg;
      return true;
    case kInterval:
      arguments.interval = optarg;
      return true;
    case kLabel:
      arguments.label = optarg;
      return true;
    case kType:
      arguments.type = optarg;
      return true;
    case kAlgorithm:
      arguments.algorithm = optarg;
      return true;
    case kPng:
      arguments.png = optarg;
      return true;
    case kSvg:
      arguments.svg = optarg;
      return true;
    case kRunDir:
      arguments.run_directory = optarg;
      return true;
    case kRoot:
      arguments.root = optarg;
      return true;
    case kKeepUids:
      arguments.keep_uids = true;
      return true;
    case kSettings:
      arguments.settings = true;
      return true;
    case kPassphraseFile:
      arguments.passphrase_file = optarg;
      return true;
    case kWrite:
      arguments.write = true;
      return true;
    case kUndo:
      arguments.undo = true;
      return true;
    default:
      return TakeImportOption(option_id, arguments) || TakeChoiceOption(option_id, arguments) ||
             TakeBypassOption(option_id, arguments);
  }
}

}  // namespace

Result<CliArguments> ParseCliArguments(int argc, char** argv) {
  CliArguments arguments;
  opterr = 0;
  for (;;) {
    const int option_id = getopt_long(argc, argv, "h", kLongOptions.data(), nullptr);
    if (option_id == -1) {
      break;
    }
    if (!TakeOption(option_id, arguments)) {
      return Fail(ErrorCode::kInvalidParams, Marked("an option is unknown, or lacks its value"));
    }
  }
  const std::vector<std::string> words(argv + optind, argv + argc);
  if (!words.empty()) {
    arguments.command = words[0];
    arguments.operands.assign(words.begin() + 1, words.end());
  }
  return arguments;
}

}  // namespace twofactor
