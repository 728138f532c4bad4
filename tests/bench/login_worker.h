#ifndef TWOFACTOR_TESTS_BENCH_LOGIN_WORKER_H_
#define TWOFACTOR_TESTS_BENCH_LOGIN_WORKER_H_

#include <sys/types.h>

#include <string>

#include "common/base/unique_fd.h"
#include "tests/bench/pam_login.h"

namespace twofactor::bench {

// A process of another user that logs in when it is told to, and measures it itself.
class LoginWorker {
 public:
  LoginWorker(const std::string& confdir, uid_t uid);
  LoginWorker(const LoginWorker&) = delete;
  LoginWorker& operator=(const LoginWorker&) = delete;
  ~LoginWorker();

  LoginResult LogIn(const std::string& service, const Attempt& attempt);

 private:
  UniqueFd channel_;
  pid_t process_;
};

// The same in a fresh process of `program` (login_once.cc), which is started, logs in and ends.
LoginResult LogInFresh(const std::string& program, const std::string& confdir,
                       const std::string& service, const Attempt& attempt);

}  // namespace twofactor::bench

#endif  // TWOFACTOR_TESTS_BENCH_LOGIN_WORKER_H_
