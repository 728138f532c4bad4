// Tests enrollment during a login with a scripted host and a scripted daemon: what it shows and
// asks, and the result of each way in which it can end.
#include "pam_module/enrollment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pam/scripted.h"

namespace twofactor {
namespace {

using testing::HasSubstr;
using testing::Not;
using Calls = std::vector<std::string>;

class EnrollmentTest : public testing::Test {
 protected:
  LoginOutcome Run(const std::vector<std::string>& arguments) {
    return Authenticate(
        host_, arguments,
        [this](const ModuleOptions&) {
          return Result<std::unique_ptr<FactorSource>>(std::make_unique<ScriptedSource>(
              FactorSource::State{state_, {6}}, Verification{VerifyOutcome::kNoFactor}, &seen_,
              &learns_));
        },
        [this](const ModuleOptions&) { return std::make_unique<ScriptedDaemon>(daemon_); });
  }

  ScriptedHost host_;
  FactorState state_ = FactorState::kAbsent;
  DaemonScript daemon_;
  std::string seen_;
  bool learns_ = false;
};

TEST_F(EnrollmentTest, PictureAndSecretAreShownAndTheFirstCodeLetsIn) {
  host_.answers = {"123 456"};
  daemon_.finishes = {true};
  EXPECT_EQ(Run({"enroll=required"}), LoginOutcome::kSuccess);
  ASSERT_EQ(host_.shown.size(), 1U);
  EXPECT_THAT(host_.shown[0], HasSubstr("PICTURE\n"));
  EXPECT_THAT(host_.shown[0], HasSubstr("ABCD EFGH"));
  EXPECT_THAT(host_.shown[0], HasSubstr("6 digits, a new one every 30 seconds"));
  EXPECT_EQ(host_.prompts, std::vector<std::string>{"Verification code: "});
  EXPECT_EQ(daemon_.calls, (Calls{"start alice login 0 0", "finish alice 123456"}));
  EXPECT_THAT(host_.logged, HasSubstr("enrolled"));
  EXPECT_THAT(host_.logged, Not(HasSubstr("123456")));
  EXPECT_THAT(host_.logged, Not(HasSubstr("ABCD")));
}

TEST_F(EnrollmentTest, TextBeginsWithWordsBeforeWhichSshMayPutItsOwn) {
  Run({"enroll=required"});
  EXPECT_EQ(host_.shown[0].substr(0, host_.shown[0].find('\n')),
            "You have no second factor yet, and are to have one.");
}

TEST_F(EnrollmentTest, NoQrShowsTheSecretAlone) {
  Run({"enroll=required", "no_qr"});
  EXPECT_THAT(host_.shown[0], Not(HasSubstr("PICTURE")));
  EXPECT_THAT(host_.shown[0], Not(HasSubstr("picture")));
  EXPECT_THAT(host_.shown[0], HasSubstr("ABCD EFGH"));
  daemon_.has_picture = false;
  Run({"enroll=required"});
  EXPECT_THAT(host_.shown[1], Not(HasSubstr("picture")));
}

TEST_F(EnrollmentTest, DigitsAndDaysOfTheLineAreAskedFor) {
  Run({"enroll=required:7", "digits=8"});
  EXPECT_EQ(daemon_.calls, Calls{"start alice login 8 7"});
}

TEST_F(EnrollmentTest, BlankDeclinesAndTheOptionSaysWhatComesOfIt) {
  for (const char* blank : {"", " ", " \t"}) {
    host_.answers = {blank, blank};
    EXPECT_EQ(Run({"enroll=optional"}), LoginOutcome::kIgnore);
    EXPECT_TRUE(host_.told.empty());
    EXPECT_EQ(Run({"enroll=required"}), LoginOutcome::kAuthError);
    EXPECT_EQ(host_.told.size(), 1U);
    host_.told.clear();
  }
  EXPECT_THAT(host_.logged, HasSubstr("enroll=optional lets in without one"));
  EXPECT_THAT(host_.logged, HasSubstr("did not enroll"));
}

TEST_F(EnrollmentTest, DaysLeftAreToldAndLetIn) {
  for (const auto& [days, text] :
       {std::pair{2, "there are 2 days left"}, std::pair{1, "there is 1 day left"}}) {
    daemon_.days_left = days;
    host_.answers = {""};
    EXPECT_EQ(Run({"enroll=required:7"}), LoginOutcome::kIgnore);
    EXPECT_THAT(host_.shown.back(), HasSubstr(text));
  }
  daemon_.days_left = 0;
  host_.answers = {""};
  EXPECT_EQ(Run({"enroll=required:7"}), LoginOutcome::kAuthError);
  EXPECT_THAT(host_.shown.back(), HasSubstr("Without it nobody gets in"));
}

TEST_F(EnrollmentTest, ThreeWrongCodesEndTheLoginInEveryMode) {
  for (const char* mode : {"enroll=optional", "enroll=required", "enroll=required:7"}) {
    daemon_.days_left = 3;
    daemon_.calls.clear();
    host_.prompts.clear();
    host_.answers = {"000000", "111111", "222222", "333333"};
    daemon_.finishes = {false, false, false, true};
    EXPECT_EQ(Run({mode}), LoginOutcome::kAuthError) << mode;
    EXPECT_EQ(host_.prompts.size(), 3U);
    EXPECT_EQ(daemon_.calls.size(), 4U);
  }
}

TEST_F(EnrollmentTest, WhatIsNoCodeIsATryThatTheDaemonDoesNotSee) {
  host_.answers = {"abc", "\b\n\r\177INCORRECT", "12345"};
  EXPECT_EQ(Run({"enroll=optional"}), LoginOutcome::kAuthError);
  EXPECT_EQ(daemon_.calls, Calls{"start alice login 0 0"});
}

TEST_F(EnrollmentTest, RightCodeAfterAWrongOneEnrolls) {
  host_.answers = {"000000", "123456"};
  daemon_.finishes = {false, true};
  EXPECT_EQ(Run({"enroll=required"}), LoginOutcome::kSuccess);
  EXPECT_EQ(host_.told.size(), 1U);
}

TEST_F(EnrollmentTest, FailedConversationFinishesNothing) {
  EXPECT_EQ(Run({"enroll=optional"}), LoginOutcome::kConversationFailed);
  host_.can_show = false;
  host_.answers = {"123456"};
  EXPECT_EQ(Run({"enroll=optional"}), LoginOutcome::kConversationFailed);
  EXPECT_EQ(daemon_.calls, (Calls{"start alice login 0 0", "start alice login 0 0"}));
}

TEST_F(EnrollmentTest, DaemonThatIsDownLetsInByOptionalAlone) {
  daemon_.start_error = Error(ErrorCode::kUnavailable, "down");
  EXPECT_EQ(Run({"enroll=optional"}), LoginOutcome::kIgnore);
  EXPECT_EQ(Run({"enroll=required"}), LoginOutcome::kUnavailable);
  EXPECT_EQ(Run({"enroll=required:7"}), LoginOutcome::kUnavailable);
  EXPECT_TRUE(host_.prompts.empty());
  daemon_.start_error.reset();
  daemon_.days_left = 3;
  for (const auto& [mode, outcome] : {std::pair{"enroll=optional", LoginOutcome::kIgnore},
                                      std::pair{"enroll=required:7", LoginOutcome::kUnavailable}}) {
    host_.answers = {"123456"};
    daemon_.finishes = {Fail(ErrorCode::kUnavailable, "restarted")};
    EXPECT_EQ(Run({mode}), outcome);
  }
}

TEST_F(EnrollmentTest, FactorThatAppearedMeanwhileIsNotPassedBy) {
  daemon_.start_error = Error(ErrorCode::kFactorRequired, "has one");
  EXPECT_EQ(Run({"enroll=optional"}), LoginOutcome::kAuthError);
  daemon_.start_error.reset();
  host_.answers = {"123456"};
  daemon_.finishes = {Fail(ErrorCode::kFactorRequired, "has one")};
  EXPECT_EQ(Run({"enroll=optional"}), LoginOutcome::kAuthError);
}

TEST_F(EnrollmentTest, SilentHostIsOfferedNothing) {
  host_.silent = true;
  EXPECT_EQ(Run({"enroll=optional"}), LoginOutcome::kIgnore);
  host_.answers = {"123456"};
  EXPECT_EQ(Run({"enroll=required", "nullok"}), LoginOutcome::kAuthError);
  EXPECT_TRUE(host_.shown.empty());
  EXPECT_EQ(daemon_.calls, Calls{});
}

TEST_F(EnrollmentTest, SilentHostLetsInAsLongAsThereAreDaysLeft) {
  host_.silent = true;
  daemon_.days_left = 2;
  EXPECT_EQ(Run({"enroll=required:7"}), LoginOutcome::kIgnore);
  EXPECT_THAT(host_.logged, HasSubstr("2 days"));
  EXPECT_TRUE(host_.prompts.empty());
  daemon_.days_left = 0;
  host_.answers = {"123456"};
  EXPECT_EQ(Run({"enroll=required:7"}), LoginOutcome::kAuthError);
  daemon_.start_error = Error(ErrorCode::kUnavailable, "down");
  EXPECT_EQ(Run({"enroll=required:7"}), LoginOutcome::kUnavailable);
  EXPECT_TRUE(host_.shown.empty());
}

TEST_F(EnrollmentTest, NullokDoesNotLetPastEnroll) {
  host_.answers = {""};
  EXPECT_EQ(Run({"enroll=required", "nullok"}), LoginOutcome::kAuthError);
}

TEST_F(EnrollmentTest, UsersWhoHaveAFactorOrDoNotExistAreOfferedNothing) {
  state_ = FactorState::kConfigured;
  host_.answers = {"123456", "123456"};
  Run({"enroll=optional"});
  state_ = FactorState::kAbsent;
  host_.known = false;
  EXPECT_EQ(Run({"enroll=optional"}), LoginOutcome::kAuthError);
  EXPECT_TRUE(host_.shown.empty());
  EXPECT_EQ(daemon_.calls, Calls{});
}

TEST_F(EnrollmentTest, LoginThatEnrolledCountsForGrace) {
  host_.terminal = "tty1";
  host_.answers = {"123456"};
  daemon_.finishes = {true};
  EXPECT_EQ(Run({"enroll=required", "grace_period=60"}), LoginOutcome::kSuccess);
  ASSERT_GE(daemon_.calls.size(), 2U);
  EXPECT_EQ(*(daemon_.calls.end() - 2), "note alice tty:tty1");
  EXPECT_EQ(daemon_.calls.back(), "origin alice tty:tty1");
}

}  // namespace
}  // namespace twofactor
