#ifndef TWOFACTOR_CLI_IMPORT_FORMAT_H_
#define TWOFACTOR_CLI_IMPORT_FORMAT_H_

#include <optional>
#include <string_view>

#include "cli/import/imported_user.h"
#include "cli/import/pskc_values.h"
#include "common/base/result.h"

namespace twofactor {

enum class ImportFormat {
  kUsersOath,
  kGoogleAuthenticator,
  kOtpauth,
  kOtpauthMigration,
  kPicture,
  kPskc,
  kAegis,
  kTwoFas,
  kAndOtp,
  kFreeOtp,
  kBitwarden,
  kKeepassxc
};

// The format that --format names: "users.oath", "google-authenticator", "otpauth",
// "otpauth-migration", "picture", "pskc", "aegis", "2fas", "andotp", "freeotp+", "bitwarden",
// "keepassxc". None for another word. Pure.
std::optional<ImportFormat> FormatOf(std::string_view name);
std::string_view NameOf(ImportFormat format);

// What a file is, by its first bytes, or its first line that is neither empty nor a comment; none
// where that could be more than one thing. Pure. Texts are UTF-8, with or without a byte order
// mark, or UTF-16 with one.
std::optional<ImportFormat> GuessFormat(std::string_view text);

// Does a file of this format hold everything of a phone or a password manager? What cannot be
// used in it is nobody's mistake.
bool IsWholePhone(ImportFormat format);

// Reads the file with the importer of that format, and fails as that one does. Texts are as in
// GuessFormat.
Result<ImportedUsers> ParseImport(ImportFormat format, std::string_view text,
                                  const ImportContext& context, const AskPskcKey& ask);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_FORMAT_H_
