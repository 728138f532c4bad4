#ifndef TWOFACTOR_PAM_MODULE_OPTIONS_H_
#define TWOFACTOR_PAM_MODULE_OPTIONS_H_

#include <chrono>
#include <string>
#include <vector>

#include "common/base/paths.h"
#include "common/base/result.h"

namespace twofactor {

// The options after pam_twofactor.so in a PAM line (pam_twofactor(8)).
struct ModuleOptions {
  // Where a code comes from before the module asks: nowhere, the last module's password (asks if
  // that is not accepted), or that alone.
  enum class FirstPass { kNone, kTry, kUse };
  // Whether a user without a second factor is offered one, and whether the login continues without
  // it.
  enum class Enroll { kNever, kOptional, kRequired };

  bool nullok = false;
  bool echo_verification_code = false;
  bool user_unknown = false;
  bool maxtries = false;
  bool show_wait = false;  // Tells a throttled user how long to wait.
  bool debug = false;
  bool forward_pass = false;
  FirstPass first_pass = FirstPass::kNone;
  int window = -1;  // Negative: the administrator's.
  int digits = 0;   // Of every code here; 0: as many as the account's codes have.
  // Logins here do not teach the daemon a device's clock skew.
  bool noskewadj = false;
  std::chrono::seconds grace_period{0};  // 0: every login is asked.
  Enroll enroll = Enroll::kNever;
  int enroll_grace_days = 0;  // kRequired: how long logins continue without one; 0: not at all.
  bool no_qr = false;         // Enrollment shows no QR code.
  std::string prompt;         // Empty: the default.
  std::string service;        // The PAM service that logins count as. Empty: the application's own.
  std::chrono::seconds timeout{2};
  std::string run_directory{kDefaultRunDirectory};
};

// Parses the options. Fails with kInvalidParams, naming an option that is unknown, malformed, or
// cannot be combined with another. A pure function.
Result<ModuleOptions> ParseOptions(const std::vector<std::string>& arguments);

// Returns the names of all options, for tests that check the manual and twofactorctl's doctor.
std::vector<std::string> OptionNames();

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_OPTIONS_H_
