#ifndef TWOFACTOR_TESTS_UNIT_CLI_LIBPAM_H_
#define TWOFACTOR_TESTS_UNIT_CLI_LIBPAM_H_

#include <map>
#include <string>
#include <vector>

#include "cli/doctor/pam_stack.h"
#include "cli/doctor/pam_walk.h"
#include "tests/support/temp_directory.h"

namespace twofactor {

// Service files whose modules are written @0, @1, ... of which @0 is ours. DIR/x stands for the
// absolute path of file x; the service is file "s".
using PamTexts = std::map<std::string, std::string>;

// The stack as doctor reads it.
PamStack ReadByDoctor(const PamTexts& texts);

// The same files given to the system's libpam, with answering_module.cc for every module.
class Libpam {
 public:
  explicit Libpam(const PamTexts& texts);

  // What pam_authenticate(3) made of these answers of the modules (PAM_SUCCESS, ...).
  struct Outcome {
    bool gets_in = false;
    std::vector<bool> asked;  // By module.
  };
  Outcome Login(const std::vector<int>& answers) const;

  // Every login that `modules` modules can make of the answers success, ignore, auth_err,
  // new_authtok_reqd and user_unknown, put together as doctor does; no line is named in led_past.
  PamWalk WalkAll(std::size_t modules) const;

 private:
  TempDirectory directory_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_CLI_LIBPAM_H_
