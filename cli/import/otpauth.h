#ifndef TWOFACTOR_CLI_IMPORT_OTPAUTH_H_
#define TWOFACTOR_CLI_IMPORT_OTPAUTH_H_

#include <string_view>

#include "cli/import/imported_user.h"
#include "common/base/result.h"

namespace twofactor {

// The users of a file of "otpauth://totp/LABEL?secret=…" and "otpauth://hotp/…&counter=N" URIs, one
// a line; empty lines and those that begin with '#' do not count. A user may have several. Whose a
// URI is, is `context.user` or what UserOfAccount makes of its label; its issuer becomes the
// device's label.
//
// The parameters are those of the Key URI format: secret, issuer, algorithm (SHA1, SHA256, SHA512),
// digits, period, counter. One that cannot be used is a refusal of that user. A line that is no
// such URI is a refusal of `context.user`, or of a user "line N". Nothing is known of codes that
// were used.
//
// Fails with kInvalidParams where the file holds no line. Thread-safe.
Result<ImportedUsers> ParseOtpauth(std::string_view text, const ImportContext& context);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_OTPAUTH_H_
