#ifndef TWOFACTOR_CLI_IMPORT_IMPORTED_USER_H_
#define TWOFACTOR_CLI_IMPORT_IMPORTED_USER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/import/choice.h"
#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/otp/hotp.h"
#include "common/otp/otp_parameters.h"

// What every importer makes of its file: the entries of user.import_2fa_devices (twofactor-api(7)),
// and what a person has to know about each.
namespace twofactor {

inline constexpr std::size_t kMaxDevices = 16;
inline constexpr std::size_t kMaxLabelBytes = 64;

struct ImportedDevice {
  enum class Type { kTotp, kHotp };

  Type type = Type::kTotp;
  SecretBytes secret;  // 1 to kMaxSecretBytes bytes.
  OtpParameters parameters;
  HotpCounter counter = 0;  // HOTP: the next one that may be accepted.
  TimeStep first_step = 0;  // TOTP: the first one whose code was not used; 0 where unknown.
  int skew = 0;             // TOTP, in steps: -kMaxSkew to kMaxSkew.
  std::string label;        // At most kMaxLabelBytes.
  std::string source;       // What the file calls it, for the report: "GitHub:alice@mail.example".
  // Where it stands, such as "line 3"; empty where the file has one device.
  std::string place = {};
};

// One entry of a file, whoever's it is: what every reader makes, and a UserList takes.
struct ImportedEntry {
  std::string place;  // Where it stands: "line 3", "line 7, key 12".
  EntryNames names;
  // Whose it is by the file; empty where it names nobody.
  std::string user;
  // None where it cannot be used, with the reason, or is none at all, with notes.
  std::optional<ImportedDevice> device = std::nullopt;
  std::string refusal;
  std::vector<std::string> notes;

  // What a reader came to.
  void Take(Result<ImportedDevice> read) {
    if (read) {
      device = std::move(*read);
    } else {
      refusal = read.error().message();
    }
  }
};

struct ImportedUser {
  // As the file has it, or as --user says.
  std::string name;
  std::vector<ImportedDevice> devices;
  std::vector<SecretBytes> recovery_codes;
  // What was not taken over, or is different here. Never a secret or a code.
  std::vector<std::string> notes;
  // Why nothing of this user is taken over; empty where everything is well.
  std::vector<std::string> refusals;
};

using ImportedUsers = std::vector<ImportedUser>;

// What an importer is told besides the file.
struct ImportContext {
  WallTime now;
  // --user, empty without. What it means is the format's: users.oath is searched for this user;
  // everything in files of other formats is this user's.
  std::string user;
  // This machine's name.
  std::string host;
  // Does the system know a user of this name? Without it, a name is what UserOfAccount makes of it.
  std::function<bool(const std::string&)> knows = nullptr;
  Choice choice = {};
  // An entry that cannot be used is passed over with a note, and does not refuse its user.
  bool skip_unusable = false;
  // Keys are taken after their ExpiryDate.
  bool allow_expired = false;
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_IMPORTED_USER_H_
