#include "cli/import/format.h"

#include <array>
#include <utility>

#include "cli/import/encodings.h"
#include "cli/import/google_authenticator.h"
#include "cli/import/otpauth.h"
#include "cli/import/otpauth_migration.h"
#include "cli/import/pskc.h"
#include "cli/import/text_lines.h"
#include "cli/import/users_oath.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

constexpr std::array<std::pair<std::string_view, ImportFormat>, 5> kNames = {{
    {"users.oath", ImportFormat::kUsersOath},
    {"google-authenticator", ImportFormat::kGoogleAuthenticator},
    {"otpauth", ImportFormat::kOtpauth},
    {"otpauth-migration", ImportFormat::kOtpauthMigration},
    {"pskc", ImportFormat::kPskc},
}};

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool IsUsersOathLine(std::string_view line) {
  return (StartsWith(line, "HOTP ") || StartsWith(line, "HOTP\t") || StartsWith(line, "HOTP/")) &&
         WordsOf(line).size() >= 4;
}

// The secret alone, and then options or scratch codes.
bool IsGoogleFile(std::string_view text) {
  const std::vector<std::string_view> lines = LinesOf(text);
  return lines.size() >= 2 && DecodeLooseBase32(lines[0]) && StartsWith(lines[1], "\" ");
}

}  // namespace

std::optional<ImportFormat> FormatOf(std::string_view name) {
  for (const auto& [known, format] : kNames) {
    if (known == name) {
      return format;
    }
  }
  return std::nullopt;
}

std::string_view NameOf(ImportFormat format) {
  for (const auto& [name, known] : kNames) {
    if (known == format) {
      return name;
    }
  }
  return {};
}

std::optional<ImportFormat> GuessFormat(std::string_view text) {
  if (IsGoogleFile(text)) {
    return ImportFormat::kGoogleAuthenticator;
  }
  std::string_view rest = Trimmed(text);
  while (StartsWith(rest, "#")) {
    const std::size_t end = rest.find('\n');
    rest = end == std::string_view::npos ? std::string_view() : Trimmed(rest.substr(end));
  }
  if (StartsWith(rest, "otpauth://")) {
    return ImportFormat::kOtpauth;
  }
  if (StartsWith(rest, "otpauth-migration://")) {
    return ImportFormat::kOtpauthMigration;
  }
  if (StartsWith(rest, "<") && rest.find("KeyContainer") != std::string_view::npos) {
    return ImportFormat::kPskc;
  }
  return IsUsersOathLine(rest.substr(0, rest.find('\n'))) ? std::optional(ImportFormat::kUsersOath)
                                                          : std::nullopt;
}

Result<ImportedUsers> ParseImport(ImportFormat format, std::string_view text,
                                  const ImportContext& context, const AskPskcKey& ask) {
  switch (format) {
    case ImportFormat::kUsersOath:
      return ParseUsersOath(text, context);
    case ImportFormat::kGoogleAuthenticator:
      return ParseGoogleAuthenticator(text, context);
    case ImportFormat::kOtpauth:
      return ParseOtpauth(text, context);
    case ImportFormat::kOtpauthMigration:
      return ParseOtpauthMigration(text, context);
    case ImportFormat::kPskc:
      return ParsePskc(text, context, ask);
  }
  return Fail(ErrorCode::kInternal, Say("there is no such format"));
}

}  // namespace twofactor
