// The module's core over a scripted host and a scripted source: what it asks, says, logs and
// decides.
#include "pam_module/authenticator.h"

#include <gtest/gtest.h>

#include <deque>
#include <utility>

namespace twofactor {
namespace {

class ScriptedHost final : public Host {
 public:
  Result<std::string> UserName() override { return std::string("alice"); }
  std::optional<User> LookUp(const std::string& name) override {
    return known ? std::optional<User>(User{name, 1000}) : std::nullopt;
  }
  std::string Service() override { return "login"; }
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
  void Log(LogLevel, const std::string& message) override { logged += message + "\n"; }

  bool known = true;
  std::deque<std::string> answers;
  std::string earlier;
  std::string left;
  std::vector<std::string> prompts;
  std::vector<std::string> told;
  std::string logged;
};

class ScriptedSource final : public FactorSource {
 public:
  ScriptedSource(State state, Verification verification, std::string* seen)
      : state_(std::move(state)), verification_(verification), seen_(seen) {}
  Result<State> ReadState(const Account&, const std::string&) override { return state_; }
  Result<Verification> Verify(const Account& account, const std::string&, const TypedCode& typed,
                              HowToVerify) override {
    *seen_ = account.name.text() + ":" +
             std::string(typed.codes().empty() ? "" : typed.codes().front().text());
    return verification_;
  }

 private:
  State state_;
  Verification verification_;
  std::string* seen_;
};

class AuthenticatorTest : public testing::Test {
 protected:
  LoginOutcome Run(const std::vector<std::string>& arguments) {
    return Authenticate(host_, arguments, [this](const ModuleOptions&) {
      return Result<std::unique_ptr<FactorSource>>(
          std::make_unique<ScriptedSource>(state_, verification_, &seen_));
    });
  }

  ScriptedHost host_;
  FactorSource::State state_{FactorState::kConfigured, {6}};
  Verification verification_{VerifyOutcome::kGranted};
  std::string seen_;
};

TEST_F(AuthenticatorTest, NothingTypedIsEverLogged) {
  host_.answers = {"246813"};
  verification_ = {VerifyOutcome::kWrong};
  EXPECT_EQ(Run({"debug"}), LoginOutcome::kAuthError);
  EXPECT_EQ(host_.logged.find("246813"), std::string::npos);
  EXPECT_FALSE(host_.logged.empty());
}

TEST_F(AuthenticatorTest, GarbageIsVerifiedForNobodySoThatItCostsTheSameTimeAndNoTry) {
  host_.answers = {"INCORRECT"};
  verification_ = {VerifyOutcome::kNoFactor};
  EXPECT_EQ(Run({}), LoginOutcome::kAuthError);
  EXPECT_EQ(seen_, "no such user:");
}

TEST_F(AuthenticatorTest, TryFirstPassTakesACodeThatIsThere) {
  host_.earlier = "123456";
  EXPECT_EQ(Run({"try_first_pass"}), LoginOutcome::kSuccess);
  EXPECT_TRUE(host_.prompts.empty());
}

TEST_F(AuthenticatorTest, TryFirstPassAsksWhereThePasswordIsNoCode) {
  host_.earlier = "secret";
  host_.answers = {"123456"};
  EXPECT_EQ(Run({"try_first_pass"}), LoginOutcome::kSuccess);
  EXPECT_EQ(host_.prompts.size(), 1U);
}

TEST_F(AuthenticatorTest, UseFirstPassNeverAsks) {
  EXPECT_EQ(Run({"use_first_pass"}), LoginOutcome::kAuthError);
  EXPECT_TRUE(host_.prompts.empty());
}

TEST_F(AuthenticatorTest, ForwardPassDividesByTheDigitsOfTheAccount) {
  state_.digits = {8};
  host_.answers = {"my pass 12345678"};
  EXPECT_EQ(Run({"forward_pass"}), LoginOutcome::kSuccess);
  EXPECT_EQ(host_.left, "my pass ");
  EXPECT_EQ(seen_, "alice:12345678");
}

TEST_F(AuthenticatorTest, EchoOptionShowsWhatIsTyped) {
  host_.answers = {"123456"};
  Run({"echo_verification_code"});
  EXPECT_EQ(host_.prompts, std::vector<std::string>{"Verification code: (shown)"});
}

TEST_F(AuthenticatorTest, NullokDoesNotHelpAUserWhoDoesNotExist) {
  host_.known = false;
  host_.answers = {"123456"};
  state_.state = FactorState::kAbsent;
  verification_ = {VerifyOutcome::kNoFactor};
  EXPECT_EQ(Run({"nullok"}), LoginOutcome::kAuthError);
}

}  // namespace
}  // namespace twofactor
