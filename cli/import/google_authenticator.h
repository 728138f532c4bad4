#ifndef TWOFACTOR_CLI_IMPORT_GOOGLE_AUTHENTICATOR_H_
#define TWOFACTOR_CLI_IMPORT_GOOGLE_AUTHENTICATOR_H_

#include <cstddef>
#include <string_view>

#include "cli/import/imported_user.h"
#include "common/base/result.h"

namespace twofactor {

// As pam_google_authenticator has it.
inline constexpr std::size_t kMaxGoogleFileBytes = 64UL * 1024;

// The user `context.user` of a .google_authenticator file (FILEFORMAT of libpam-google-
// authenticator): the secret in base32, then options, each a line that begins with `" `, and
// scratch codes. Like there, the first line of an option is the one that counts, HOTP_COUNTER above
// 0 goes before TOTP_AUTH, and scratch codes end at the first line that is none.
//
// A used code stays used: the first step that counts is the one after all that DISALLOW_REUSE
// lists. WINDOW_SIZE, RATE_LIMIT and what logins left behind are told in the notes, and not taken
// over. What pam_google_authenticator cannot use is a refusal.
//
// Fails with kInvalidParams where the file is empty, too large, or without a user. Thread-safe.
Result<ImportedUsers> ParseGoogleAuthenticator(std::string_view text, const ImportContext& context);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_GOOGLE_AUTHENTICATOR_H_
