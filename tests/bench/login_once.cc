// One login and nothing else: what bench_logins starts as a fresh process each time.
//
//   bench_login_once CONFDIR SERVICE USER CODE
//
// The exit status is PAM's return code. The user is synthetic, so the code may be an argument.
#include "tests/bench/pam_login.h"

int main(int argc, char** argv) {
  if (argc != 5) {
    return 255;
  }
  return twofactor::bench::LogIn(argv[1], argv[2], {argv[3], argv[4]}).code;
}
