#ifndef TWOFACTOR_TESTS_PAM_LOGIN_H_
#define TWOFACTOR_TESTS_PAM_LOGIN_H_

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/temp_directory.h"

namespace twofactor {

// Logins through the real libpam and the built module, with a stack of its own (pam_start_confdir).
class PamStack {
 public:
  // The lines of the service's file; "MODULE" stands for the built module's path.
  explicit PamStack(const std::string& lines);

  struct Outcome {
    int code;                           // As pam_authenticate gave it.
    std::vector<std::string> prompts;   // What was asked.
    std::vector<std::string> messages;  // What the user was told.
  };
  // One login: pam_start to pam_end. Prompts are answered from `answers` in order; when they are
  // used up the conversation fails.
  Outcome Login(const std::string& user, std::deque<std::string> answers, int flags = 0,
                const char* service = "test") const;
  // What the program says of later logins (PAM_RHOST, PAM_TTY); empty: nothing.
  void ComeFrom(std::string remote_host, std::string terminal);
  // What befalls the program in later logins: once libpam has loaded the stack, and before each
  // answer to a prompt.
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
