#ifndef TWOFACTOR_HELPERD_MESSAGES_STRING_RULE_H_
#define TWOFACTOR_HELPERD_MESSAGES_STRING_RULE_H_

#include <string_view>

namespace twofactor {

// What a string must be in addition to its length, and the keyword of JSON Schema that says so.
struct StringRule {
  const char* keyword;  // "format" or "pattern"
  const char* value;
  bool (*accepts)(std::string_view text);
  const char* fault;
};

// A mailbox: one '@' with something on both sides, no blanks and no control characters. Does not
// check whether mail arrives.
extern const StringRule kEmailRule;
// A moment in the form of RFC 3339 in UTC and whole seconds, "2024-02-29T00:00:00Z".
extern const StringRule kDateTimeRule;
// A moment that ParseDateTime accepts.
extern const StringRule kTimestampRule;
// A filter's path to a date-time's moment: "last_password_change.$date".
extern const StringRule kDatePathRule;
// No NUL, which would hide the rest of a C string.
extern const StringRule kNoNulRule;
// No C0 control characters: the rule for one line before kOneLineRule existed, as in backups.
extern const StringRule kNoControlsRule;
// Text for one line on a terminal or in a log (IsOneLine in common/base/one_line.h).
extern const StringRule kOneLineRule;

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_STRING_RULE_H_
