// The options that take a code from an earlier module's password, or leave a password for the next
// one: the module's core over a scripted application.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pam/authenticator_fixture.h"

namespace twofactor {
namespace {

class FirstPassTest : public AuthenticatorTest {};

TEST_F(FirstPassTest, TryFirstPassTakesACodeThatIsThere) {
  host_.earlier = "123456";
  EXPECT_EQ(Run({"try_first_pass"}), LoginOutcome::kSuccess);
  EXPECT_TRUE(host_.prompts.empty());
}

TEST_F(FirstPassTest, TryFirstPassAsksWhereThePasswordIsNoCode) {
  host_.earlier = "secret";
  host_.answers = {"123456"};
  EXPECT_EQ(Run({"try_first_pass"}), LoginOutcome::kSuccess);
  EXPECT_EQ(host_.prompts.size(), 1U);
}

TEST_F(FirstPassTest, TryFirstPassAsksWhereTheEarlierCodeIsNotRight) {
  host_.earlier = "654321";
  host_.answers = {"123456"};
  verification_ = {VerifyOutcome::kWrong};
  EXPECT_EQ(Run({"try_first_pass"}), LoginOutcome::kAuthError);
  EXPECT_EQ(host_.prompts.size(), 1U);
  EXPECT_EQ(seen_, "alice:123456");
}

TEST_F(FirstPassTest, TryFirstPassDoesNotAskAfterACodeThatCannotBeUsed) {
  host_.earlier = "password654321";
  host_.answers = {"123456"};
  for (const VerifyOutcome outcome : {VerifyOutcome::kReplayed, VerifyOutcome::kBeforeBirth}) {
    verification_ = {outcome};
    verification_.digits = 6;
    EXPECT_EQ(Run({"try_first_pass"}), LoginOutcome::kAuthError);
    EXPECT_TRUE(host_.prompts.empty());
  }
}

TEST_F(FirstPassTest, UseFirstPassNeverAsks) {
  EXPECT_EQ(Run({"use_first_pass"}), LoginOutcome::kAuthError);
  EXPECT_TRUE(host_.prompts.empty());
}

TEST_F(FirstPassTest, DigitsSayHowMuchOfThePasswordIsTheCode) {
  host_.earlier = "password1234567";
  for (const char* mode : {"use_first_pass", "try_first_pass"}) {
    EXPECT_EQ(Run({mode, "digits=7"}), LoginOutcome::kSuccess);
    EXPECT_EQ(seen_, "alice:1234567") << mode;
  }
  EXPECT_TRUE(host_.prompts.empty());
  EXPECT_TRUE(host_.left.empty());
  host_.answers = {"pw1234567"};
  EXPECT_EQ(Run({"forward_pass", "digits=7"}), LoginOutcome::kSuccess);
  EXPECT_EQ(seen_, "alice:1234567");
  EXPECT_EQ(host_.left, "pw");
}

TEST_F(FirstPassTest, PasswordOfTwelveLettersIsNoRecoveryCode) {
  host_.earlier = "correcthorse";
  host_.answers = {"123456"};
  EXPECT_EQ(Run({"try_first_pass"}), LoginOutcome::kSuccess);
  EXPECT_EQ(seen_, "alice:123456");
  host_.earlier = "abcd-efgh-jkmn";
  EXPECT_EQ(Run({"try_first_pass"}), LoginOutcome::kSuccess);
  EXPECT_EQ(seen_, "alice:/abcdefghjkmn");
}

TEST_F(FirstPassTest, EndOfTheEarlierPasswordIsTheCodeWithoutAnotherOption) {
  for (const char* option : {"use_first_pass", "try_first_pass"}) {
    host_.earlier = "testpassword246813";
    EXPECT_EQ(Run({option}), LoginOutcome::kSuccess) << option;
    EXPECT_EQ(seen_, "alice:246813") << option;
    EXPECT_TRUE(host_.prompts.empty()) << option;
    EXPECT_TRUE(host_.left.empty()) << option;
  }
  state_.digits = {6, 8};
  host_.earlier = "pass12345678";
  EXPECT_EQ(Run({"use_first_pass"}), LoginOutcome::kSuccess);
  EXPECT_EQ(seen_, "alice:345678,12345678/12345678");
}

TEST_F(FirstPassTest, SecondAnswerSaysWhatTheFirstWasChargedTo) {
  host_.earlier = "password1234567";
  host_.answers = {"246813"};
  verification_ = {VerifyOutcome::kWrong};
  verification_.charged = 5;
  EXPECT_EQ(Run({"try_first_pass"}), LoginOutcome::kAuthError);
  EXPECT_EQ(charged_, (std::vector<DeviceSet>{0, 5}));
}

class ForwardedTest : public AuthenticatorTest {
 protected:
  // One login whose answer is `line`; what the module behind gets.
  std::string Forwarded(const std::string& line, std::vector<std::string> options,
                        LoginOutcome expected) {
    host_.answers = {line};
    host_.left.clear();
    options.emplace_back("forward_pass");
    EXPECT_EQ(Run(options), expected) << line;
    return host_.left;
  }
  // Lines of a user whose code is 246813, in a login that needs none.
  void ExpectPasswordAndPasswordWithCode(const std::vector<std::string>& options,
                                         LoginOutcome outcome) {
    for (const VerifyOutcome code : {VerifyOutcome::kGranted, VerifyOutcome::kReplayed}) {
      verification_ = {code};
      verification_.digits = 6;
      EXPECT_EQ(Forwarded("password246813", options, outcome), "password");
    }
    verification_ = {VerifyOutcome::kWrong};
    EXPECT_EQ(Forwarded("password135790", options, outcome), "password135790");
    EXPECT_EQ(Forwarded("password", options, outcome), "password");
    source_error_ = Error(ErrorCode::kUnavailable, "down");
    EXPECT_EQ(Forwarded("password135790", options, outcome), "password135790");
  }
};

TEST_F(ForwardedTest, InGraceALineIsTakenApartAsWell) {
  daemon_.in_grace = true;
  host_.remote_host = "192.0.2.1";
  ExpectPasswordAndPasswordWithCode({"grace_period=60"}, LoginOutcome::kSuccess);
}

TEST_F(ForwardedTest, UnderABypassALineIsTakenApartAsWell) {
  state_.state = FactorState::kDisabled;
  state_.off_until = WallTime(std::chrono::hours(1));
  ExpectPasswordAndPasswordWithCode({}, LoginOutcome::kIgnore);
}

TEST_F(ForwardedTest, WhereTheSecondFactorIsOffALineIsTakenApartAsWell) {
  state_.state = FactorState::kDisabled;
  ExpectPasswordAndPasswordWithCode({}, LoginOutcome::kIgnore);
  EXPECT_EQ(host_.prompts.front(), "Password: ");
}

TEST_F(ForwardedTest, UserWithoutAFactorIsAskedForThePasswordAlone) {
  state_.state = FactorState::kAbsent;
  verification_ = {VerifyOutcome::kNoFactor};
  EXPECT_EQ(Forwarded("password", {"nullok"}, LoginOutcome::kIgnore), "password");
  EXPECT_EQ(Forwarded("password1", {"nullok"}, LoginOutcome::kIgnore), "password1");
  EXPECT_EQ(Forwarded("password135790", {"nullok"}, LoginOutcome::kIgnore), "password135790");
  EXPECT_EQ(host_.prompts.front(), "Password: ");
}

TEST_F(ForwardedTest, EarlierPasswordIsTakenApartWithoutAQuestion) {
  state_.state = FactorState::kDisabled;
  host_.earlier = "password246813";
  verification_.digits = 6;
  EXPECT_EQ(Forwarded("", {"use_first_pass"}, LoginOutcome::kIgnore), "password");
  EXPECT_TRUE(host_.prompts.empty());
}

TEST_F(ForwardedTest, ConversationThatFailsIsOneDecision) {
  state_.state = FactorState::kDisabled;
  state_.off_until = WallTime(std::chrono::hours(1));
  EXPECT_EQ(Run({"forward_pass"}), LoginOutcome::kConversationFailed);
  EXPECT_EQ(host_.decisions.size(), 1U);
}

}  // namespace
}  // namespace twofactor
