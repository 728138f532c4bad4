#ifndef TWOFACTOR_CLI_IMPORT_OTPAUTH_MIGRATION_H_
#define TWOFACTOR_CLI_IMPORT_OTPAUTH_MIGRATION_H_

#include <string_view>

#include "cli/import/imported_user.h"
#include "common/base/result.h"

namespace twofactor {

// The users of what Google Authenticator exports: one "otpauth-migration://offline?data=…" URI a
// line, each a part of an export or the whole of it (otp_migration.proto). Whose an account is, is
// `context.user` or what UserOfAccount makes of its name; its issuer becomes the device's label.
// All TOTP accounts have 30 seconds; nothing is known of codes that were used.
//
// An account that cannot be used is a refusal of its user. Fails with kInvalidParams, naming the
// line, where one is no such URI, and where a part of an export is missing: one picture forgotten
// would be a user without a device. Thread-safe.
Result<ImportedUsers> ParseOtpauthMigration(std::string_view text, const ImportContext& context);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_OTPAUTH_MIGRATION_H_
