// Tests the module's core with a scripted host and a scripted source: what it asks, says, logs and
// decides.
#include "pam_module/authenticator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pam/authenticator_fixture.h"

namespace twofactor {
namespace {

// What sshd has PAM answer for a user whom it will not let in, of the length of what was typed.
const std::string kDummy = "\b\n\r\177INCORRECT";
const std::vector<std::string> kDummies = {kDummy, kDummy.substr(0, 6), kDummy + kDummy};

TEST_F(AuthenticatorTest, NothingTypedIsEverLogged) {
  host_.answers = {"246813"};
  verification_ = {VerifyOutcome::kWrong};
  EXPECT_EQ(Run({"debug"}), LoginOutcome::kAuthError);
  EXPECT_EQ(host_.logged.find("246813"), std::string::npos);
  EXPECT_FALSE(host_.logged.empty());
}

TEST_F(AuthenticatorTest, RefusalIsToldAWholeNumberOfMillisecondsAfterTheAnswer) {
  using std::chrono::microseconds;
  using std::chrono::milliseconds;
  const struct {
    microseconds work;
    milliseconds told;
  } cases[] = {{microseconds(0), milliseconds(1)},
               {microseconds(80), milliseconds(1)},
               {microseconds(999), milliseconds(1)},
               {microseconds(1000), milliseconds(2)},
               {microseconds(2500), milliseconds(3)}};
  verification_ = {VerifyOutcome::kWrong};
  for (const bool known : {true, false}) {
    for (const auto& [work, told] : cases) {
      host_.known = known;
      host_.answers = {"246813"};
      host_.work = work;
      const auto start = host_.now;
      EXPECT_EQ(Run({}), LoginOutcome::kAuthError);
      EXPECT_EQ(host_.now - start, told);
      host_.earlier = "246813";
      EXPECT_EQ(Run({"use_first_pass"}), LoginOutcome::kAuthError);
      EXPECT_EQ(host_.now - start, 2 * told);
    }
  }
}

TEST_F(AuthenticatorTest, LoginThatSucceedsDoesNotWait) {
  host_.answers = {"246813"};
  host_.work = std::chrono::microseconds(80);
  const auto start = host_.now;
  EXPECT_EQ(Run({}), LoginOutcome::kSuccess);
  EXPECT_EQ(host_.now - start, host_.work);
}

TEST_F(AuthenticatorTest, EachLoginIsOneDecisionThatSaysHowItEnded) {
  struct Case {
    VerifyOutcome verified;
    AuditEvent event;
    const char* method;
    const char* reason;
  };
  for (const Case& each :
       {Case{VerifyOutcome::kGranted, audit_event::kAccepted, "code", ""},
        Case{VerifyOutcome::kWrong, audit_event::kRefused, "", "wrong code"},
        Case{VerifyOutcome::kReplayed, audit_event::kRefused, "", "the code was used before"},
        Case{VerifyOutcome::kThrottled, audit_event::kThrottled, "",
             "too many wrong codes, for 0 more seconds"}}) {
    host_.answers = {"246813"};
    host_.decisions.clear();
    verification_ = {each.verified};
    Run({});
    ASSERT_EQ(host_.decisions.size(), 1U);
    EXPECT_STREQ(host_.decisions[0].event.name, each.event.name);
    EXPECT_EQ(host_.decisions[0].user, "alice");
    EXPECT_EQ(host_.decisions[0].method, each.method);
    EXPECT_EQ(host_.decisions[0].reason, each.reason);
  }
}

TEST_F(AuthenticatorTest, ALoginThatWasNotAskedAndOneThatBrokeOffAreDecisionsToo) {
  EXPECT_EQ(Run({"no-such-option"}), LoginOutcome::kBadOption);
  EXPECT_EQ(Run({}), LoginOutcome::kConversationFailed);
  state_ = {FactorState::kAbsent, {}};
  EXPECT_EQ(Run({"nullok"}), LoginOutcome::kIgnore);
  ASSERT_EQ(host_.decisions.size(), 3U);
  EXPECT_STREQ(host_.decisions[0].event.name, "broken");
  EXPECT_STREQ(host_.decisions[1].event.name, "broken");
  EXPECT_STREQ(host_.decisions[2].event.name, "not-asked");
  EXPECT_EQ(host_.decisions[2].reason, "nullok");
}

TEST_F(AuthenticatorTest, WithoutRoomNobodyIsAskedAndOneRecordSaysWhy) {
  host_.room = false;
  host_.answers = {"246813"};
  EXPECT_EQ(Run({}), LoginOutcome::kExhausted);
  EXPECT_TRUE(host_.prompts.empty());
  EXPECT_EQ(seen_, "");
  ASSERT_EQ(host_.decisions.size(), 1U);
  EXPECT_STREQ(host_.decisions[0].event.name, "broken");
  EXPECT_EQ(host_.decisions[0].user, "alice");
  EXPECT_NE(host_.decisions[0].reason, "");
}

TEST_F(AuthenticatorTest, NameThatWasNotFoundForWantOfRoomIsNotUnknown) {
  host_.known = false;
  host_.room = false;
  EXPECT_EQ(Run({"user_unknown"}), LoginOutcome::kExhausted);
  host_.room = true;
  host_.look_up_error = Error(ErrorCode::kExhausted, "look the user up: Too many open files");
  EXPECT_EQ(Run({"user_unknown"}), LoginOutcome::kExhausted);
  ASSERT_EQ(host_.decisions.size(), 2U);
  EXPECT_EQ(host_.decisions[1].reason, "look the user up: Too many open files");
}

// NSS did not say that the user does not exist, so a stack that skips unknown users does not skip.
TEST_F(AuthenticatorTest, NameThatNssHasNoAnswerOnIsAskedAndRefused) {
  host_.look_up_error = Error(ErrorCode::kUnavailable, "look the user up: Connection refused");
  host_.answers = {"246813"};
  verification_ = {VerifyOutcome::kNoFactor};
  EXPECT_EQ(Run({"user_unknown", "nullok"}), LoginOutcome::kAuthError);
  EXPECT_EQ(host_.prompts.size(), 1U);
  ASSERT_EQ(host_.decisions.size(), 1U);
  EXPECT_EQ(host_.decisions[0].reason, "look the user up: Connection refused");
}

TEST_F(AuthenticatorTest, GarbageIsVerifiedForNobodySoThatItCostsTheSameTimeAndNoTry) {
  host_.answers = {"INCORRECT"};
  verification_ = {VerifyOutcome::kNoFactor};
  EXPECT_EQ(Run({}), LoginOutcome::kAuthError);
  EXPECT_EQ(seen_, "no such user:");
}

TEST_F(AuthenticatorTest, PasswordThatIsRepeatedIsNoAttempt) {
  verification_ = {VerifyOutcome::kNoFactor};
  // Passwords that have the form of a code, too.
  for (const char* password : {"secret", "123456", "12345678"}) {
    host_.earlier = password;
    host_.answers = {password};
    host_.decisions.clear();
    EXPECT_EQ(Run({}), LoginOutcome::kAuthError) << password;
    EXPECT_EQ(seen_.substr(0, seen_.find(':')), "no such user") << password;
    ASSERT_EQ(host_.decisions.size(), 1U);
    EXPECT_EQ(host_.decisions[0].reason, "the application repeated the password instead of a code");
  }
  host_.answers = {"654321"};
  verification_ = {VerifyOutcome::kGranted};
  EXPECT_EQ(Run({}), LoginOutcome::kSuccess);
}

TEST_F(AuthenticatorTest, ReasonSaysWhatWasTypedInsteadOfACode) {
  verification_ = {VerifyOutcome::kNoFactor};
  const std::pair<std::string, std::string> cases[] = {
      {"", "no code"},
      {"abc", "no code"},
      {kDummy,
       "sshd does not let this user in by keyboard-interactive (see PermitRootLogin, AllowUsers"
       " and DenyUsers in sshd_config(5))"},
      {"246813", "no second factor configured"}};
  for (const auto& [typed, reason] : cases) {
    host_.answers = {typed};
    host_.decisions.clear();
    EXPECT_EQ(Run({}), LoginOutcome::kAuthError) << typed;
    ASSERT_EQ(host_.decisions.size(), 1U);
    EXPECT_EQ(host_.decisions[0].reason, reason);
  }
}

// As a screen locker, which the daemon answers on its own user alone.
TEST_F(AuthenticatorTest, WhatIsNoCodeIsRefusedInAProgramThatMayNotAskAboutNobody) {
  source_error_ = Error(ErrorCode::kNotPermitted, "only your own codes can be verified");
  for (const char* typed : {"", "abc"}) {
    host_.answers = {typed};
    host_.decisions.clear();
    EXPECT_EQ(Run({}), LoginOutcome::kAuthError) << typed;
    ASSERT_EQ(host_.decisions.size(), 1U);
    EXPECT_EQ(host_.decisions[0].reason, "no code");
  }
  host_.answers = {"246813"};
  EXPECT_EQ(Run({}), LoginOutcome::kUnavailable);
}

TEST_F(AuthenticatorTest, UserUnknownIsForWhoHasNoSecondFactorToo) {
  state_.state = FactorState::kAbsent;
  EXPECT_EQ(Run({"user_unknown"}), LoginOutcome::kUserUnknown);
  EXPECT_TRUE(host_.prompts.empty());
  EXPECT_EQ(Run({"user_unknown", "nullok"}), LoginOutcome::kIgnore);
}

TEST_F(AuthenticatorTest, ForwardPassDividesByTheDigitsOfTheAccount) {
  state_.digits = {8};
  host_.answers = {"my pass 12345678"};
  EXPECT_EQ(Run({"forward_pass"}), LoginOutcome::kSuccess);
  EXPECT_EQ(host_.left, "my pass ");
  // Eight digits also have the form of an imported recovery code.
  EXPECT_EQ(seen_, "alice:12345678/12345678");
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

// Longer than the stores accept, or with a separator that winbind may be configured to use.
const std::vector<std::string> kUnfitNames = {std::string(113, 'a'), "CORP/alice"};

TEST_F(AuthenticatorTest, UserWhoseNameCanHaveNoFactorIsLikeEverybodyWithoutOne) {
  state_.state = FactorState::kAbsent;
  verification_ = {VerifyOutcome::kNoFactor};
  for (const std::string& name : kUnfitNames) {
    host_.user_name = name;
    EXPECT_EQ(Run({"nullok"}), LoginOutcome::kIgnore) << name;
    EXPECT_EQ(Run({"enroll=optional"}), LoginOutcome::kIgnore) << name;
    EXPECT_EQ(Run({"user_unknown"}), LoginOutcome::kUserUnknown) << name;
    EXPECT_TRUE(host_.prompts.empty());
    EXPECT_EQ(host_.decisions.front().reason, "nullok");
    EXPECT_EQ(host_.decisions.front().user, name);
    host_.decisions.clear();
  }
  // The module does not offer what the daemon would refuse.
  EXPECT_TRUE(daemon_.calls.empty());
  EXPECT_TRUE(host_.shown.empty());
}

TEST_F(AuthenticatorTest, UserWhoseNameCanHaveNoFactorIsRefusedWithTheReason) {
  state_.state = FactorState::kAbsent;
  verification_ = {VerifyOutcome::kNoFactor};
  for (const std::string& name : kUnfitNames) {
    for (const char* option : {"debug", "enroll=required"}) {
      host_.user_name = name;
      host_.answers = {"246813"};
      host_.decisions.clear();
      EXPECT_EQ(Run({option}), LoginOutcome::kAuthError) << name;
      EXPECT_EQ(seen_, "no such user:246813") << name;
      ASSERT_EQ(host_.decisions.size(), 1U);
      EXPECT_THAT(host_.decisions[0].reason, testing::StartsWith("the user's name must "));
    }
  }
}

TEST_F(AuthenticatorTest, UnfitNameThatNobodyHasIsAskedAndRefusedWithNullokToo) {
  host_.known = false;
  state_.state = FactorState::kAbsent;
  verification_ = {VerifyOutcome::kNoFactor};
  for (const std::string& name : kUnfitNames) {
    host_.user_name = name;
    host_.answers = {"246813"};
    EXPECT_EQ(Run({"nullok"}), LoginOutcome::kAuthError) << name;
  }
}

TEST_F(AuthenticatorTest, SshdsDummyIsNoGuessInAnyFirstPassMode) {
  verification_ = {VerifyOutcome::kNoFactor};
  for (const char* options : {"", "forward_pass", "try_first_pass", "use_first_pass"}) {
    for (const char* digits : {"debug", "digits=6", "digits=8"}) {
      for (const std::string& dummy : kDummies) {
        host_.answers = {dummy};
        host_.earlier = dummy;
        std::vector<std::string> line = {digits};
        if (*options != '\0') {
          line.emplace_back(options);
        }
        EXPECT_EQ(Run(line), LoginOutcome::kAuthError) << options << digits;
        EXPECT_EQ(seen_, "no such user:") << options << digits;
      }
    }
  }
}

TEST_F(AuthenticatorTest, CodesOfAnotherLengthThanTheOptionsAreNone) {
  verification_ = {VerifyOutcome::kNoFactor};
  for (const char* code : {"12345", "1234567"}) {
    host_.answers = {code};
    EXPECT_EQ(Run({"digits=6"}), LoginOutcome::kAuthError) << code;
    EXPECT_EQ(seen_, "no such user:") << code;
  }
  host_.answers = {"123 456"};
  Run({"digits=6"});
  EXPECT_EQ(seen_, "alice:123456");
}

TEST_F(AuthenticatorTest, ForwardPassLeavesThePasswordAfterAWrongCodeToo) {
  host_.answers = {"password123456"};
  verification_ = {VerifyOutcome::kWrong};
  EXPECT_EQ(Run({"forward_pass"}), LoginOutcome::kAuthError);
  EXPECT_EQ(host_.left, "password");
}

TEST_F(AuthenticatorTest, RecoveryCodesAreTakenWhateverTheDigits) {
  host_.answers = {"ABCD-efgh-jkmn"};
  verification_.recovery_codes_left = 9;
  EXPECT_EQ(Run({"digits=6"}), LoginOutcome::kSuccess);
  EXPECT_EQ(seen_, "alice:/abcdefghjkmn");
  EXPECT_EQ(host_.shown, std::vector<std::string>{"That was a recovery code. You have 9 left."});
  host_.answers = {"12345678"};
  verification_.recovery_codes_left = 0;
  EXPECT_EQ(Run({"digits=6"}), LoginOutcome::kSuccess);
  EXPECT_EQ(seen_, "alice:/12345678");
  EXPECT_EQ(host_.shown.back(), "That was a recovery code. You have none left.");
}

TEST_F(AuthenticatorTest, ForwardPassLeavesWhatStandsBeforeTheCodeThatWasRight) {
  state_.digits = {6, 8};
  host_.answers = {"pass12345678", "pass12345678", "passabcd-efgh-jkmn", "pass12345678"};
  verification_.digits = 6;
  EXPECT_EQ(Run({"forward_pass"}), LoginOutcome::kSuccess);
  EXPECT_EQ(seen_, "alice:345678,12345678/12345678");
  EXPECT_EQ(host_.left, "pass12");
  verification_.digits = 8;
  EXPECT_EQ(Run({"forward_pass"}), LoginOutcome::kSuccess);
  EXPECT_EQ(host_.left, "pass");
  verification_ = {VerifyOutcome::kGranted};
  verification_.recovery_codes_left = 3;
  EXPECT_EQ(Run({"forward_pass"}), LoginOutcome::kSuccess);
  EXPECT_EQ(seen_, "alice:/abcdefghjkmn");
  EXPECT_EQ(host_.left, "pass");
  verification_ = {VerifyOutcome::kWrong};
  EXPECT_EQ(Run({"forward_pass"}), LoginOutcome::kAuthError);
  EXPECT_EQ(host_.left, "pass12");
}

TEST_F(AuthenticatorTest, NoskewadjTeachesNothing) {
  host_.answers = {"123456", "123456"};
  Run({});
  EXPECT_TRUE(learns_);
  Run({"noskewadj"});
  EXPECT_FALSE(learns_);
}

TEST_F(AuthenticatorTest, PeersNamesOfOptionsAreTaken) {
  host_.answers = {"123456"};
  EXPECT_EQ(Run({"echo-verification-code", "no_increment_hotp", "noskewadj"}),
            LoginOutcome::kSuccess);
  EXPECT_EQ(host_.prompts, std::vector<std::string>{"Verification code: (shown)"});
}

TEST_F(AuthenticatorTest, EnrollDoesNotGoBeforeThePassword) {
  for (const char* option : {"forward_pass", "use_first_pass"}) {
    EXPECT_EQ(Run({"enroll=optional", option}), LoginOutcome::kBadOption);
    EXPECT_THAT(host_.logged, testing::HasSubstr(option));
  }
  EXPECT_TRUE(host_.prompts.empty());
}

// Failures at a known origin are counted separately. The module reports the origin once a day.
TEST_F(AuthenticatorTest, OriginOfALoginIsNotedWhereItIsNewsAndSaidInTheTrail) {
  host_.remote_host = "192.0.2.1";
  host_.answers = {"123456", "123456", "123456"};
  verification_.origin = {Budget::kStrangers, true};
  EXPECT_EQ(Run({}), LoginOutcome::kSuccess);
  EXPECT_EQ(daemon_.calls, std::vector<std::string>{"origin alice host:192.0.2.1"});
  EXPECT_EQ(host_.decisions.back().origin, "unknown");
  verification_.origin = {Budget::kKnown, false};
  EXPECT_EQ(Run({}), LoginOutcome::kSuccess);
  EXPECT_EQ(daemon_.calls.size(), 1U);
  EXPECT_EQ(host_.decisions.back().origin, "known");
  verification_ = {VerifyOutcome::kWrong};
  verification_.origin = {Budget::kStrangers, true};
  EXPECT_EQ(Run({}), LoginOutcome::kAuthError);
  EXPECT_EQ(daemon_.calls.size(), 1U);
  EXPECT_EQ(host_.decisions.back().origin, "unknown");
}

TEST_F(AuthenticatorTest, OriginThatCannotBeNotedIsNoReasonToRefuse) {
  host_.remote_host = "192.0.2.1";
  host_.answers = {"123456"};
  verification_.origin = {Budget::kStrangers, true};
  daemon_.noted = Fail(ErrorCode::kUnavailable, "down");
  EXPECT_EQ(Run({}), LoginOutcome::kSuccess);
}

TEST_F(AuthenticatorTest, OwnUidIsNotNoted) {
  host_.caller_uid = 1000;
  host_.answers = {"123456"};
  verification_.origin = {Budget::kStrangers, true};
  EXPECT_EQ(Run({}), LoginOutcome::kSuccess);
  EXPECT_TRUE(daemon_.calls.empty());
}

class GraceTest : public AuthenticatorTest {
 protected:
  using Calls = std::vector<std::string>;
};

TEST_F(GraceTest, LoginWithACodeIsNotedAndTheNextOneNotAsked) {
  host_.remote_host = "192.0.2.1";
  host_.answers = {"123456"};
  EXPECT_EQ(Run({"grace_period=60"}), LoginOutcome::kSuccess);
  EXPECT_EQ(daemon_.calls, (Calls{"grace alice host:192.0.2.1 60", "note alice host:192.0.2.1"}));
  daemon_.calls.clear();
  daemon_.in_grace = true;
  host_.logged.clear();
  EXPECT_EQ(Run({"grace_period=60"}), LoginOutcome::kSuccess);
  EXPECT_EQ(host_.prompts.size(), 1U);
  EXPECT_THAT(host_.logged, testing::HasSubstr("grace_period, for host:192.0.2.1"));
  // A login without a code is not noted as one with a code.
  EXPECT_EQ(daemon_.calls, Calls{"grace alice host:192.0.2.1 60"});
}

TEST_F(GraceTest, LocalLoginsGoByTheTerminalWhateverItsNameBeginsWith) {
  for (const char* terminal : {"/dev/pts/3", "pts/3"}) {
    daemon_.calls.clear();
    host_.terminal = terminal;
    host_.answers = {"123456"};
    Run({"grace_period=60"});
    EXPECT_EQ(daemon_.calls, (Calls{"grace alice tty:pts/3 60", "note alice tty:pts/3"}));
  }
}

TEST_F(GraceTest, WithoutAPlaceOrAnOptionNothingIsAskedOrNoted) {
  for (const char* terminal : {"", "ssh", "cron", "dovecot"}) {
    host_.terminal = terminal;
    host_.answers = {"123456"};
    EXPECT_EQ(Run({"grace_period=60"}), LoginOutcome::kSuccess);
  }
  host_.terminal = "/dev/tty1";
  host_.answers = {"123456"};
  EXPECT_EQ(Run({}), LoginOutcome::kSuccess);
  EXPECT_EQ(daemon_.calls, Calls{});
  EXPECT_EQ(host_.prompts.size(), 5U);
}

TEST_F(GraceTest, HostThatCannotBeANameIsNoPlace) {
  for (const std::string& host :
       {std::string("a b"), std::string("\xC3\xA4"), std::string("\n"), std::string(256, 'x')}) {
    host_.remote_host = host;
    host_.terminal = "tty1";
    host_.answers = {"123456"};
    EXPECT_EQ(Run({"grace_period=60"}), LoginOutcome::kSuccess);
  }
  EXPECT_EQ(daemon_.calls, Calls{});
}

TEST_F(GraceTest, RefusedLoginsAreNotNoted) {
  host_.terminal = "tty1";
  for (const auto outcome : {VerifyOutcome::kWrong, VerifyOutcome::kReplayed,
                             VerifyOutcome::kThrottled, VerifyOutcome::kBeforeBirth}) {
    daemon_.calls.clear();
    verification_ = {outcome};
    host_.answers = {"123456"};
    Run({"grace_period=60"});
    EXPECT_EQ(daemon_.calls, Calls{"grace alice tty:tty1 60"});
  }
}

TEST_F(GraceTest, DaemonThatIsDownMeansThatTheUserIsAskedAndGetsIn) {
  host_.terminal = "tty1";
  host_.answers = {"123456"};
  daemon_.in_grace = Fail(ErrorCode::kUnavailable, "down");
  daemon_.noted = Fail(ErrorCode::kUnavailable, "down");
  EXPECT_EQ(Run({"grace_period=60"}), LoginOutcome::kSuccess);
  EXPECT_EQ(host_.prompts.size(), 1U);
}

TEST_F(GraceTest, UnknownAndUnenrolledUsersHaveNone) {
  host_.terminal = "tty1";
  daemon_.in_grace = true;
  state_.state = FactorState::kAbsent;
  verification_ = {VerifyOutcome::kNoFactor};
  host_.answers = {"123456", "123456"};
  EXPECT_EQ(Run({"grace_period=60"}), LoginOutcome::kAuthError);
  host_.known = false;
  EXPECT_EQ(Run({"grace_period=60"}), LoginOutcome::kAuthError);
  EXPECT_EQ(daemon_.calls, Calls{});
}

}  // namespace
}  // namespace twofactor
