#ifndef TWOFACTOR_TESTS_PAM_LOGIN_H_
#define TWOFACTOR_TESTS_PAM_LOGIN_H_

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/temp_directory.h"

namespace twofactor {

// Logs in through the real libpam and the built module, with its own stack (pam_start_confdir).
class PamStack {
 public:
  // The lines of the service's file; "MODULE" is replaced with the built module's path.
  explicit PamStack(const std::string& lines);

  struct Outcome {
    int code;                           // As pam_authenticate gave it.
    std::vector<std::string> prompts;   // The prompts.
    std::vector<std::string> messages;  // The messages to the user.
  };
  // Logs in once, from pam_start to pam_end. Answers prompts from `answers` in order; after the
  // last one the conversation fails.
  Outcome Login(const std::string& user, std::deque<std::string> answers, int flags = 0,
                const char* service = "test") const;
  // Sets PAM_RHOST and PAM_TTY for later logins; empty: not set.
  void ComeFrom(std::string remote_host, std::string terminal);
  // Runs these in later logins: once libpam has loaded the stack, and before each answer to a
  // prompt.
  void OnStart(std::function<void()> happens) { on_start_ = std::move(happens); }
  void OnPrompt(std::function<void()> happens) { on_prompt_ = std::move(happens); }

 private:
  TempDirectory confdir_;
  std::string remote_host_;
  std::string terminal_;
  std::function<void()> on_start_ = [] {};
  std::function<void()> on_prompt_ = [] {};
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_PAM_LOGIN_H_
