#ifndef TWOFACTOR_CLI_DOCTOR_MODULE_OPTIONS_H_
#define TWOFACTOR_CLI_DOCTOR_MODULE_OPTIONS_H_

#include <array>
#include <string_view>

#include "common/otp/otp_parameters.h"

namespace twofactor {

// An option of pam_twofactor.so (pam_twofactor(8)).
struct ModuleOption {
  enum class Value { kNone, kNumber, kText, kAbsolutePath, kEnroll };

  std::string_view name;
  Value value = Value::kNone;
  int least = 0;  // kNumber
  int most = 0;   // kNumber; the days of kEnroll
};

// The module itself is not linked here; a test holds the two together.
inline constexpr std::array<ModuleOption, 21> kModuleOptions = {
    ModuleOption{"nullok"},
    ModuleOption{"window", ModuleOption::Value::kNumber, 0, kMaxWindow},
    ModuleOption{"digits", ModuleOption::Value::kNumber, kMinDigits, kMaxDigits},
    ModuleOption{"no_increment_hotp"},
    ModuleOption{"noskewadj"},
    ModuleOption{"grace_period", ModuleOption::Value::kNumber, 0, 30 * 24 * 60 * 60},
    ModuleOption{"enroll", ModuleOption::Value::kEnroll, 1, 365},
    ModuleOption{"no_qr"},
    ModuleOption{"echo_verification_code"},
    ModuleOption{"echo-verification-code"},
    ModuleOption{"authtok_prompt", ModuleOption::Value::kText},
    ModuleOption{"service", ModuleOption::Value::kText},
    ModuleOption{"forward_pass"},
    ModuleOption{"try_first_pass"},
    ModuleOption{"use_first_pass"},
    ModuleOption{"user_unknown"},
    ModuleOption{"maxtries"},
    ModuleOption{"show_wait"},
    ModuleOption{"timeout", ModuleOption::Value::kNumber, 1, 60},
    ModuleOption{"run_dir", ModuleOption::Value::kAbsolutePath},
    ModuleOption{"debug"}};

// Does the module take this argument of its line? It refuses every login for one that it does not.
bool IsModuleOption(std::string_view argument);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_MODULE_OPTIONS_H_
