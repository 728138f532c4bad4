#ifndef TWOFACTOR_CLI_IMPORT_USERS_OATH_H_
#define TWOFACTOR_CLI_IMPORT_USERS_OATH_H_

#include <string_view>

#include "cli/import/imported_user.h"
#include "common/base/result.h"

namespace twofactor {

// The users of a users.oath file (oath-toolkit, usersfile.c):
//
//   TYPE USER PIN SECRET [COUNTER [LAST_OTP [TIME]]]
//
// with TYPE HOTP, HOTP/E, HOTP/E/6 to 8, HOTP/T30, HOTP/T60 and those with /6 to /8. A user may
// have several lines, each a device. What pam_oath passes over (other types, comments, lines that
// are too short) is passed over; what it stops at is a refusal of that user.
//
// A used code stays used. COUNTER is the counter of LAST_OTP: the next one counts. TIME tells, in
// local time, when LAST_OTP was used: the step after the one near to it that has this code is the
// first that counts, or, where none has it, the first that pam_oath could not have taken then.
//
// Fails with kInvalidParams where no line names a user. Thread-safe as tzset(3) is.
Result<ImportedUsers> ParseUsersOath(std::string_view text, const ImportContext& context);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_USERS_OATH_H_
