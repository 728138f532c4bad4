#ifndef TWOFACTOR_PAM_MODULE_OPTIONS_H_
#define TWOFACTOR_PAM_MODULE_OPTIONS_H_

#include <chrono>
#include <string>
#include <vector>

#include "common/base/paths.h"
#include "common/base/result.h"

namespace twofactor {

// What stands after pam_twofactor.so in a pam.d file (pam_twofactor(8)).
struct ModuleOptions {
  // Where a code comes from before anybody is asked: nowhere, the last module's password (and the
  // user if that is no code), or that alone.
  enum class FirstPass { kNone, kTry, kUse };
  // Whether a user without a second factor is offered one, and whether the login goes on without.
  enum class Enroll { kNever, kOptional, kRequired };

  bool nullok = false;
  bool echo_verification_code = false;
  bool user_unknown = false;
  bool maxtries = false;
  bool show_wait = false;  // Tells the user how long codes have to wait after too many wrong ones.
  bool debug = false;
  bool forward_pass = false;
  FirstPass first_pass = FirstPass::kNone;
  int window = -1;  // Below 0: the administrator's.
  int digits = 0;   // Of every code here; 0: as many as the account's have.
  // No login here teaches the daemon how wrong a device's clock is.
  bool noskewadj = false;
  std::chrono::seconds grace_period{0};  // 0: every login is asked.
  Enroll enroll = Enroll::kNever;
  int enroll_grace_days = 0;  // kRequired: for so long the login goes on without; 0: not at all.
  bool no_qr = false;         // Enrolment shows no picture.
  std::string prompt;         // Empty: the usual one.
  std::chrono::seconds timeout{2};
  std::string run_directory{kDefaultRunDirectory};
};

// Fails with kInvalidParams, naming the option that is not known, not well-formed, or does not go
// with another. A pure function.
Result<ModuleOptions> ParseOptions(const std::vector<std::string>& arguments);

// The names of all options, for tests that hold the manual and twofactorctl's doctor to them.
std::vector<std::string> OptionNames();

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_OPTIONS_H_
