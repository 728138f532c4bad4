// What the audit trail's lines say.
#include "helperd/twofactord/api/audit.h"

#include <gtest/gtest.h>

#include <cstdarg>
#include <map>
#include <string>

#include "common/base/audit_event.h"

namespace {

using Fields = std::map<std::string, std::string>;

// What was sent to the journal last.
Fields& LastEntry() {
  static Fields fields;
  return fields;
}

}  // namespace

// In place of libsystemd's, which only a running journal would hear. Every field of ours has one
// value: text, or a number.
extern "C" int sd_journal_send(const char* format, ...) {  // NOLINT(cert-dcl50-cpp)
  Fields fields;
  va_list values;
  va_start(values, format);
  for (const char* field = format; field != nullptr; field = va_arg(values, const char*)) {
    const std::string text = field;
    const std::size_t equals = text.find('=');
    fields[text.substr(0, equals)] = text.substr(equals) == "=%s"
                                         ? va_arg(values, const char*)
                                         : std::to_string(va_arg(values, int));
  }
  va_end(values);
  LastEntry() = fields;
  return 0;
}

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

TEST(AuditTest, WhatCameOfACodeStandsWhereSuccessWould) {
  AuditEntry entry{1000, 7, "user.verify_twofactor_token", "alice", nullptr};
  entry.outcome = "wrong";
  entry.reason = "the code was used before";
  EXPECT_EQ(LineOf(entry),
            "user.verify_twofactor_token of uid 1000 for alice: wrong (the code was used"
            " before)\n");
  entry.outcome = "forged\nline";
  EXPECT_EQ(OutcomeOf(entry), "forged\nline");
}

TEST(AuditTest, AHostileMethodMakesNoSecondLine) {
  EXPECT_EQ(LineOf({1000, 7, "x\nforged", "", nullptr}), "x?forged of uid 1000: success\n");
}

TEST(AuditTest, ALongTargetDoesNotPushTheOutcomeOut) {
  const std::string line = LineOf({1000, 7, "user.query", std::string(100'000, 'x'), nullptr});
  EXPECT_LT(line.size(), 3000U);
  EXPECT_NE(line.find(": success\n"), std::string::npos);
}

TEST(AuditTest, DeviceThatWasMergedIsInTheJournalWithItsUserAndReason) {
  JournalAuditor(/*to_stderr=*/false).RecordMergedDevice("alice", "old", "new\nforged");
  const std::string reason = "device 'old' has the same secret as device 'new?forged', which stays";
  EXPECT_EQ(LastEntry(), (Fields{{"MESSAGE", "a device of alice was removed: " + reason},
                                 {"MESSAGE_ID", audit_event::kDeviceMerged.message_id},
                                 {"PRIORITY", "5"},
                                 {"SYSLOG_FACILITY", "10"},
                                 {"TWOFACTOR_REASON", reason},
                                 {"TWOFACTOR_USER", "alice"}}));
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
