#include "cli/doctor/pam_control.h"

#include <gtest/gtest.h>

#include <string>

namespace twofactor {
namespace {

using Kind = PamAction::Kind;

Kind KindFor(std::string_view control, std::string_view answer) {
  return ActionFor(control, answer).kind;
}

TEST(PamControlTest, KeywordsMeanWhatPamConfSays) {
  struct Row {
    const char* keyword;
    Kind success;
    Kind new_authtok_reqd;
    Kind ignore;
    Kind other;
  };
  for (const Row& row : {Row{"required", Kind::kOk, Kind::kOk, Kind::kIgnore, Kind::kBad},
                         Row{"requisite", Kind::kOk, Kind::kOk, Kind::kIgnore, Kind::kDie},
                         Row{"sufficient", Kind::kDone, Kind::kDone, Kind::kIgnore, Kind::kIgnore},
                         Row{"optional", Kind::kOk, Kind::kOk, Kind::kIgnore, Kind::kIgnore}}) {
    EXPECT_EQ(KindFor(row.keyword, "success"), row.success) << row.keyword;
    EXPECT_EQ(KindFor(row.keyword, "new_authtok_reqd"), row.new_authtok_reqd) << row.keyword;
    EXPECT_EQ(KindFor(row.keyword, "ignore"), row.ignore) << row.keyword;
    EXPECT_EQ(KindFor(row.keyword, "auth_err"), row.other) << row.keyword;
    EXPECT_EQ(KindFor(row.keyword, "incomplete"), row.other) << row.keyword;
  }
}

TEST(PamControlTest, KeywordsAreWrittenInAnyCase) {
  EXPECT_EQ(KindFor("Sufficient", "success"), Kind::kDone);
  EXPECT_EQ(KindFor("REQUISITE", "auth_err"), Kind::kDie);
}

TEST(PamControlTest, EveryAnswerAndEveryActionMayBeNamed) {
  for (const std::string_view answer : kPamAnswers) {
    const std::string control = std::string(answer) + "=die default=ok";
    for (const std::string_view other : kPamAnswers) {
      EXPECT_EQ(KindFor(control, other), other == answer ? Kind::kDie : Kind::kOk) << control;
    }
  }
  const std::string_view all =
      "success=ok ignore=ignore auth_err=bad abort=die maxtries=reset"
      " conv_err=done default=3";
  EXPECT_EQ(KindFor(all, "ignore"), Kind::kIgnore);
  EXPECT_EQ(KindFor(all, "auth_err"), Kind::kBad);
  EXPECT_EQ(KindFor(all, "abort"), Kind::kDie);
  EXPECT_EQ(KindFor(all, "maxtries"), Kind::kReset);
  EXPECT_EQ(KindFor(all, "conv_err"), Kind::kDone);
  EXPECT_EQ(ActionFor(all, "user_unknown"), (PamAction{Kind::kJump, 3}));
}

TEST(PamControlTest, WhatIsNotNamedIsBad) {
  EXPECT_EQ(KindFor("success=ok", "ignore"), Kind::kBad);
  EXPECT_EQ(KindFor("", "success"), Kind::kBad);
}

TEST(PamControlTest, OneMistakeMakesEveryAnswerBad) {
  for (const char* wrong :
       {"requird", "success", "success=", "success ok", "success=ok default", "success=ok x=ok",
        "success=yes", "success=ok auth_err=0", "success=-1", "success=ok,default=bad",
        "Success=ok", "success=OK", "success=ok default=okay"}) {
    EXPECT_EQ(ActionFor(wrong, "success"), PamAction{Kind::kBad}) << wrong;
  }
}

TEST(PamControlTest, JumpsOfAnyLengthAreNumbers) {
  EXPECT_EQ(ActionFor("success=12", "success"), (PamAction{Kind::kJump, 12}));
  const PamAction far = ActionFor("success=99999999999999999999", "success");
  EXPECT_EQ(far.kind, Kind::kJump);
  EXPECT_GT(far.lines, 10000);
}

}  // namespace
}  // namespace twofactor
