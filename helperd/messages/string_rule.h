#ifndef TWOFACTOR_HELPERD_MESSAGES_STRING_RULE_H_
#define TWOFACTOR_HELPERD_MESSAGES_STRING_RULE_H_

#include <string_view>

namespace twofactor {

// What a string must be beside its length, and the keyword of JSON Schema that says so.
struct StringRule {
  const char* keyword;  // "format" or "pattern"
  const char* value;
  bool (*accepts)(std::string_view text);
  const char* fault;
};

// A mailbox as people write it: one '@' with something on both sides, no blanks and no control
// characters. Whether mail arrives is not for a rule to say.
extern const StringRule kEmailRule;
// A moment after RFC 3339 in UTC and whole seconds, "2024-02-29T00:00:00Z".
extern const StringRule kDateTimeRule;
// A moment as ParseDateTime takes it.
extern const StringRule kTimestampRule;
// A path of a filter that names a date-time's moment: "last_password_change.$date".
extern const StringRule kDatePathRule;
// No NUL, behind which a C string hides what follows.
extern const StringRule kNoNulRule;
// No C0 control characters: what was taken for one line before kOneLineRule knew of more, as
// backups have it.
extern const StringRule kNoControlsRule;
// Text for one line of a terminal or a log (IsOneLine in common/base/one_line.h).
extern const StringRule kOneLineRule;

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_STRING_RULE_H_
