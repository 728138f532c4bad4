#ifndef TWOFACTOR_TESTS_BENCH_PAM_LOGIN_H_
#define TWOFACTOR_TESTS_BENCH_PAM_LOGIN_H_

#include <cstdint>
#include <string>

namespace twofactor::bench {

// One login: who, and what is typed.
struct Attempt {
  std::string user;
  std::string code;
};

struct LoginResult {
  int code;                  // PAM_SUCCESS, …
  std::int64_t nanoseconds;  // From pam_start to the end of pam_end.
};

// A login of `service` in the folder `confdir`, from pam_start_confdir to pam_end: so libpam loads
// the module anew and unloads it.
LoginResult LogIn(const std::string& confdir, const std::string& service, const Attempt& attempt);

// CLOCK_MONOTONIC.
std::int64_t NowNanoseconds();

}  // namespace twofactor::bench

#endif  // TWOFACTOR_TESTS_BENCH_PAM_LOGIN_H_
