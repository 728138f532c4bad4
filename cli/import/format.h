#ifndef TWOFACTOR_CLI_IMPORT_FORMAT_H_
#define TWOFACTOR_CLI_IMPORT_FORMAT_H_

#include <optional>
#include <string_view>

#include "cli/import/imported_user.h"
#include "cli/import/pskc_values.h"
#include "common/base/result.h"

namespace twofactor {

enum class ImportFormat { kUsersOath, kGoogleAuthenticator, kOtpauth, kOtpauthMigration, kPskc };

// The format that --format names: "users.oath", "google-authenticator", "otpauth",
// "otpauth-migration", "pskc". None for another word. Pure.
std::optional<ImportFormat> FormatOf(std::string_view name);
std::string_view NameOf(ImportFormat format);

// What a file is, by its first line that is neither empty nor a comment; none where that could be
// more than one thing. Pure.
std::optional<ImportFormat> GuessFormat(std::string_view text);

// Reads the file with the importer of that format, and fails as that one does.
Result<ImportedUsers> ParseImport(ImportFormat format, std::string_view text,
                                  const ImportContext& context, const AskPskcKey& ask);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_FORMAT_H_
