// What the audit trail's lines say.
#include "helperd/twofactord/api/audit.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

std::string LineOf(const AuditEntry& entry) {
  JournalAuditor auditor(/*to_stderr=*/true);
  testing::internal::CaptureStderr();
  auditor.Record(entry);
  return testing::internal::GetCapturedStderr();
}

TEST(AuditTest, ACallIsOneLine) {
  EXPECT_EQ(LineOf({1000, 7, "user.renew_2fa_secret", "alice", nullptr}),
            "user.renew_2fa_secret of uid 1000 for alice: success\n");
}

TEST(AuditTest, AHostileTargetMakesNoSecondLine) {
  EXPECT_EQ(LineOf({1000, 7, "user.renew_2fa_secret", "eve\nforged: success", nullptr}),
            "user.renew_2fa_secret of uid 1000 for eve?forged: success: success\n");
}

TEST(AuditTest, AHostileDetailMakesNoSecondLine) {
  EXPECT_EQ(LineOf({0, 7, "user.bypass", "alice", nullptr, "why\nforged"}),
            "user.bypass of uid 0 for alice: success (why?forged)\n");
}

TEST(AuditTest, AHostileMethodMakesNoSecondLine) {
  EXPECT_EQ(LineOf({1000, 7, "x\nforged", "", nullptr}), "x?forged of uid 1000: success\n");
}

TEST(AuditTest, ALongTargetDoesNotPushTheOutcomeOut) {
  const std::string line = LineOf({1000, 7, "user.query", std::string(100'000, 'x'), nullptr});
  EXPECT_LT(line.size(), 3000U);
  EXPECT_NE(line.find(": success\n"), std::string::npos);
}

TEST(AuditTest, AnEndOfABypassSaysWhoseAndWhyInOneLine) {
  JournalAuditor auditor(/*to_stderr=*/true);
  testing::internal::CaptureStderr();
  auditor.RecordBypassEnd("alice\nforged", "its time is over");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "the bypass of alice?forged has ended: its time is over\n");
}

}  // namespace
}  // namespace twofactor
