#ifndef TWOFACTOR_TESTS_PAM_SCRIPTED_H_
#define TWOFACTOR_TESTS_PAM_SCRIPTED_H_

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pam_module/authenticator.h"

namespace twofactor {

// An application through which alice, or another user, logs in.
class ScriptedHost final : public Host {
 public:
  Result<std::string> UserName() override { return user_name; }
  Result<std::optional<User>> LookUp(const std::string& name) override {
    if (look_up_error) {
      return Fail(*look_up_error);
    }
    return known ? std::optional<User>(User{name, 1000}) : std::nullopt;
  }
  bool HasRoom() override { return room; }
  std::string Service() override { return "login"; }
  std::string RemoteHost() override { return remote_host; }
  std::string Terminal() override { return terminal; }
  std::string RemoteUser() override { return remote_user; }
  uid_t CallerUid() override { return caller_uid; }
  bool IsSilent() override { return silent; }
  Result<SecretBytes> Ask(const std::string& prompt, bool echo) override {
    prompts.push_back(prompt + (echo ? "(shown)" : ""));
    if (answers.empty()) {
      return Fail(ErrorCode::kUnavailable, "nobody there");
    }
    SecretBytes answer = SecretBytes::CopyOf(answers.front());
    answers.pop_front();
    return answer;
  }
  std::optional<SecretBytes> EarlierPassword() override {
    return earlier.empty() ? std::nullopt
                           : std::optional<SecretBytes>(SecretBytes::CopyOf(earlier));
  }
  bool LeavePassword(const SecretBytes& password) override {
    left = std::string(password.text());
    return true;
  }
  void Tell(const std::string& message) override { told.push_back(message); }
  bool Show(const std::string& text) override {
    shown.push_back(text);
    return can_show;
  }
  void Log(LogLevel, const std::string& message) override { logged += message + "\n"; }
  void Record(const Decision& decision) override {
    now += work;
    decisions.push_back(decision);
    logged += "user " + decision.user + ": " + decision.message + "\n";
  }

  Moment Now() override { return now; }
  void WaitUntil(Moment moment) override { now = moment; }

  Moment now{std::chrono::hours(1)};
  std::chrono::nanoseconds work{0};  // The time of a login, without the conversation.
  std::string user_name = "alice";
  bool known = true;
  std::optional<Error> look_up_error;
  bool room = true;
  bool silent = false;
  bool can_show = true;
  std::string remote_host;
  std::string terminal;
  std::string remote_user;
  uid_t caller_uid = 0;
  std::deque<std::string> answers;
  std::string earlier;
  std::string left;
  std::vector<std::string> prompts;
  std::vector<std::string> told;
  std::vector<std::string> shown;
  std::string logged;
  std::vector<Decision> decisions;
};

// Answers as the test specified, and records whose code it saw.
class ScriptedSource final : public FactorSource {
 public:
  ScriptedSource(State state, Result<Verification> verification, std::string* seen, bool* learns,
                 std::vector<DeviceSet>* charged = nullptr)
      : state_(std::move(state)),
        verification_(verification),
        seen_(seen),
        learns_(learns),
        charged_(charged) {}
  Result<State> ReadState(const Account&, const std::string&) override { return state_; }
  Result<Verification> Verify(const Account& account, const std::string&, const TypedCode& typed,
                              const HowToVerify& how) override {
    *seen_ = account.name.text() + ":";
    for (const SecretBytes& code : typed.codes()) {
      *seen_ += (seen_->back() == ':' ? "" : ",") + std::string(code.text());
    }
    if (!typed.recovery().empty()) {
      *seen_ += "/" + std::string(typed.recovery().text());
    }
    *learns_ = how.learn_skew;
    if (charged_ != nullptr) {
      charged_->push_back(how.charged);
    }
    return verification_;
  }

 private:
  State state_;
  Result<Verification> verification_;
  std::string* seen_;
  bool* learns_;
  std::vector<DeviceSet>* charged_;
};

// A daemon that answers as the test specified, and records the calls.
struct DaemonScript {
  Result<bool> in_grace = false;
  Result<void> noted;
  int digits = 6;
  bool has_picture = true;
  std::optional<int> days_left;
  std::optional<Error> start_error;
  std::deque<Result<bool>> finishes;
  std::vector<std::string> calls;
};

class ScriptedDaemon final : public LoginDaemon {
 public:
  explicit ScriptedDaemon(DaemonScript& script) : script_(script) {}

  Result<bool> InGrace(const Account& account, const std::string& place,
                       std::chrono::seconds period) override {
    script_.calls.push_back("grace " + account.name.text() + " " + place + " " +
                            std::to_string(period.count()));
    return script_.in_grace;
  }
  Result<void> NoteLogin(const Account& account, const std::string& place,
                         std::uint32_t /*generation*/) override {
    script_.calls.push_back("note " + account.name.text() + " " + place);
    return script_.noted;
  }
  Result<void> NoteOrigin(const Account& account, const std::string& origin) override {
    script_.calls.push_back("origin " + account.name.text() + " " + origin);
    return script_.noted;
  }
  Result<Offer> StartEnrollment(const Account& account, const std::string& service,
                                const Wish& wish) override {
    script_.calls.push_back("start " + account.name.text() + " " + service + " " +
                            std::to_string(wish.digits) + " " + std::to_string(wish.grace_days));
    if (script_.start_error) {
      return Fail(*script_.start_error);
    }
    return Offer{SecretBytes::CopyOf("ABCD EFGH"),
                 SecretBytes::CopyOf(script_.has_picture ? "PICTURE\n" : ""), script_.digits,
                 std::chrono::seconds(30), script_.days_left};
  }
  Result<bool> FinishEnrollment(const Account& account, const SecretBytes& code) override {
    script_.calls.push_back("finish " + account.name.text() + " " + std::string(code.text()));
    Result<bool> finish = script_.finishes.front();
    script_.finishes.pop_front();
    return finish;
  }

 private:
  DaemonScript& script_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_PAM_SCRIPTED_H_
