#include "cli/doctor/pam_walk.h"

#include <gtest/gtest.h>

#include <map>

namespace twofactor {
namespace {

constexpr const char* kOurModule = "pam_twofactor.so";

// The service "s" of these files; OURS stands for our module's name.
PamWalk Walk(const std::string& text, const std::map<std::string, std::string>& files = {}) {
  PamStack stack = ReadAuthStack("s", [&](const std::string& name) -> std::optional<std::string> {
    const auto found = files.find(name);
    std::string content = name == "s" ? text : found == files.end() ? "" : found->second;
    for (std::size_t at = content.find("OURS"); at != std::string::npos;
         at = content.find("OURS")) {
      content.replace(at, 4, kOurModule);
    }
    return content;
  });
  return WalkStack(stack, kOurModule);
}

TEST(PamWalkTest, RequiredModuleIsOnEveryWay) {
  const PamWalk walk = Walk("auth required pam_unix.so\nauth required OURS\n");
  EXPECT_TRUE(walk.led_past.empty());
  EXPECT_FALSE(walk.refused_gets_in);
  EXPECT_TRUE(walk.accepted_gets_in);
  EXPECT_FALSE(walk.accepted_alone_gets_in);
  EXPECT_TRUE(walk.ignored_gets_in);
  EXPECT_FALSE(walk.asked_again);
}

TEST(PamWalkTest, SufficientLineLeadsPast) {
  EXPECT_EQ(Walk("auth sufficient pam_unix.so\nauth required OURS\n").led_past,
            std::set<std::size_t>{0});
  EXPECT_TRUE(Walk("auth required OURS\nauth sufficient pam_unix.so\n").led_past.empty());
}

TEST(PamWalkTest, LineThatJumpedOverTheModuleIsNamedAndNotOneThatJumpedLater) {
  const PamWalk walk = Walk(
      "auth required pam_env.so\nauth [success=1 default=ignore] pam_unix.so\nauth required OURS\n"
      "auth [success=1 default=ignore] pam_cap.so\nauth required pam_warn.so\n"
      "auth required pam_permit.so\n");
  EXPECT_EQ(walk.led_past, std::set<std::size_t>{1});
}

TEST(PamWalkTest, JumpThatEndsBeforeTheModuleDoesNotLeadPast) {
  const PamWalk walk = Walk(
      "auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n"
      "auth required OURS\n");
  EXPECT_TRUE(walk.led_past.empty());
  EXPECT_TRUE(walk.accepted_gets_in);
  EXPECT_FALSE(walk.accepted_alone_gets_in);
}

TEST(PamWalkTest, JumpBehindTheEndRefuses) {
  EXPECT_TRUE(Walk("auth [default=9] pam_unix.so\nauth required OURS\n").led_past.empty());
  // To the very end is not behind it; but a jump alone has accepted nobody.
  const PamWalk walk = Walk(
      "auth optional pam_cap.so\nauth [success=1 default=die] pam_unix.so\nauth required OURS\n");
  EXPECT_EQ(walk.led_past, std::set<std::size_t>{1});
}

TEST(PamWalkTest, DoneOfASubstackEndsTheSubstackOnly) {
  const std::map<std::string, std::string> files = {
      {"x", "auth sufficient pam_unix.so\nauth requisite pam_deny.so\n"}};
  const PamWalk substack = Walk("auth substack x\nauth required OURS\n", files);
  EXPECT_TRUE(substack.led_past.empty());
  EXPECT_TRUE(substack.accepted_gets_in);
  EXPECT_EQ(Walk("auth include x\nauth required OURS\n", files).led_past, std::set<std::size_t>{0});
}

TEST(PamWalkTest, DieOfASubstackEndsTheSubstackAndAResetForgetsIt) {
  const std::map<std::string, std::string> files = {{"x", "auth requisite pam_deny.so\n"}};
  EXPECT_FALSE(Walk("auth substack x\nauth required OURS\n", files).accepted_gets_in);
  EXPECT_TRUE(Walk("auth substack x\nauth [default=reset] pam_warn.so\nauth required OURS\n", files)
                  .accepted_gets_in);
}

TEST(PamWalkTest, SubstackIsJumpedOverAsOneLine) {
  const std::map<std::string, std::string> files = {
      {"x", "auth required pam_env.so\nauth required pam_warn.so\n"}};
  EXPECT_TRUE(
      Walk("auth [success=1 default=ignore] pam_unix.so\nauth substack x\nauth required OURS\n",
           files)
          .led_past.empty());
}

TEST(PamWalkTest, ResetInASubstackGoesBackToWhatWasThoughtWhenItWasEntered) {
  const std::map<std::string, std::string> files = {{"x", "auth [default=reset] pam_warn.so\n"}};
  // Good before it, and good after: no success is lost.
  EXPECT_TRUE(Walk("auth required OURS\nauth substack x\n", files).accepted_gets_in);
  // Not in a substack, it forgets our success.
  EXPECT_FALSE(Walk("auth required OURS\nauth include x\n", files).accepted_gets_in);
  // And our refusal is forgotten by it.
  EXPECT_TRUE(Walk("auth required OURS\nauth include x\nauth required pam_permit.so\n", files)
                  .refused_gets_in);
}

TEST(PamWalkTest, ModuleThatIsNotRequiredKeepsNobodyOut) {
  for (const char* control :
       {"optional", "[default=ignore]", "sufficient", "[success=ok default=ignore]"}) {
    const PamWalk walk =
        Walk("auth required pam_unix.so\nauth " + std::string(control) + " OURS\n");
    EXPECT_TRUE(walk.refused_gets_in) << control;
  }
}

TEST(PamWalkTest, CodeAloneIsEnoughWhereNothingElseMustSucceed) {
  EXPECT_TRUE(Walk("auth sufficient OURS\nauth required pam_unix.so\n").accepted_alone_gets_in);
  EXPECT_TRUE(Walk("auth required OURS\nauth optional pam_unix.so\n").accepted_alone_gets_in);
  EXPECT_FALSE(Walk("auth required OURS\nauth required pam_unix.so\n").accepted_alone_gets_in);
}

TEST(PamWalkTest, UserWithoutAFactorIsNotLetInByTheModuleAlone) {
  EXPECT_FALSE(Walk("auth required OURS\n").ignored_gets_in);
  EXPECT_TRUE(Walk("auth required OURS\nauth required pam_unix.so\n").ignored_gets_in);
}

TEST(PamWalkTest, DenyLocksOutAndTheAnswerThatItDoesNotGiveDoesNotHelp) {
  EXPECT_FALSE(Walk("auth required OURS\nauth required pam_deny.so\n").accepted_gets_in);
  EXPECT_FALSE(
      Walk("auth required OURS\nauth [success=ok user_unknown=ok default=die] pam_deny.so\n")
          .accepted_gets_in);
  EXPECT_TRUE(Walk("auth required OURS\nauth optional pam_deny.so\n").accepted_gets_in);
}

TEST(PamWalkTest, AcceptedAnswerThatIsNoSuccessRefuses) {
  EXPECT_FALSE(
      Walk("auth [auth_err=ok default=ignore] pam_deny.so\nauth required OURS\n").accepted_gets_in);
}

TEST(PamWalkTest, TwoLinesOfTheModuleAskAgain) {
  EXPECT_TRUE(Walk("auth required OURS\nauth required OURS\n").asked_again);
  const PamWalk either = Walk(
      "auth [success=1 default=ignore] OURS\nauth required OURS\nauth required pam_permit.so\n");
  EXPECT_FALSE(either.asked_again);
  EXPECT_FALSE(either.refused_gets_in);
}

TEST(PamWalkTest, ModuleThatIsNotThereAnswersThatItIsUnknown) {
  PamStack stack = ReadAuthStack("s", [](const std::string&) {
    return std::optional<std::string>(
        "auth [success=ok module_unknown=ignore default=bad] pam_x.so\n"
        "auth required pam_twofactor.so\n");
  });
  stack[0].installed = false;
  EXPECT_TRUE(WalkStack(stack, kOurModule).accepted_gets_in);
  stack[0].control = "required";
  EXPECT_FALSE(WalkStack(stack, kOurModule).accepted_gets_in);
}

TEST(PamWalkTest, BrokenLineRefusesAndABrokenServiceLetsNobodyIn) {
  EXPECT_FALSE(Walk("atuh required pam_x.so\nauth sufficient OURS\n").accepted_gets_in);
  EXPECT_TRUE(Walk("auth sufficient OURS\natuh required pam_x.so\n").accepted_gets_in);
  EXPECT_FALSE(Walk("auth sufficient OURS\n@include\n").accepted_gets_in);
}

TEST(PamWalkTest, LongStacksAreWalkedToTheirEnd) {
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    text += "auth optional pam_warn.so\n";
  }
  EXPECT_TRUE(Walk(text + "auth required OURS\n").accepted_gets_in);
}

}  // namespace
}  // namespace twofactor
