#ifndef TWOFACTOR_CLI_IMPORT_IMPORTED_USER_H_
#define TWOFACTOR_CLI_IMPORT_IMPORTED_USER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

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
  // Where it stands, such as "line 3"; empty where the file has one device.
  std::string place = {};
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
  // This machine's name, without its domain.
  std::string host;
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_IMPORTED_USER_H_
