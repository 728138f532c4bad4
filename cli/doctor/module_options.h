#ifndef TWOFACTOR_CLI_DOCTOR_MODULE_OPTIONS_H_
#define TWOFACTOR_CLI_DOCTOR_MODULE_OPTIONS_H_

#include <array>
#include <string_view>

namespace twofactor {

// The options of pam_twofactor.so (pam_twofactor(8)), each as it may be written. The module itself
// is not linked here; a test holds the two together.
inline constexpr std::array<std::string_view, 12> kModuleOptions = {
    "nullok",       "window=0",       "echo_verification_code", "authtok_prompt=Code: ",
    "forward_pass", "try_first_pass", "use_first_pass",         "user_unknown",
    "maxtries",     "timeout=2",      "run_dir=/run/twofactor", "debug"};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_MODULE_OPTIONS_H_
