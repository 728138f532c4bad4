#include "cli/import/format.h"

#include <algorithm>
#include <array>

#include "cli/import/encodings.h"
#include "cli/import/google_authenticator.h"
#include "cli/import/otpauth.h"
#include "cli/import/phone_export.h"
#include "cli/import/picture.h"
#include "cli/import/pskc.h"
#include "cli/import/text_lines.h"
#include "cli/import/uri.h"
#include "cli/import/users_oath.h"

namespace twofactor {
namespace {

using Parse = Result<ImportedUsers>(std::string_view text, const ImportContext& context,
                                    const AskPskcKey& ask);

// A reader of files that are never encrypted.
template <Result<ImportedUsers> (*parse)(std::string_view, const ImportContext&)>
Result<ImportedUsers> Plain(std::string_view text, const ImportContext& context,
                            const AskPskcKey&) {
  return parse(text, context);
}

struct Row {
  ImportFormat format;
  std::string_view name;
  Parse* parse;
  // Does it hold everything on a phone, or in a password manager?
  bool whole_phone;
  // Is it this app's JSON? Null for what is no JSON.
  bool (*is)(const nlohmann::json& document) = nullptr;
};

// In the order of the enumerators.
constexpr std::array kRows = {
    Row{ImportFormat::kUsersOath, "users.oath", Plain<ParseUsersOath>, false},
    Row{ImportFormat::kGoogleAuthenticator, "google-authenticator", Plain<ParseGoogleAuthenticator>,
        false},
    Row{ImportFormat::kOtpauth, "otpauth", Plain<ParseUris>, false},
    Row{ImportFormat::kOtpauthMigration, "otpauth-migration", Plain<ParseUris>, true},
    Row{ImportFormat::kPicture, "picture", Plain<ParsePicture>, true},
    Row{ImportFormat::kPskc, "pskc", ParsePskc, false},
    Row{ImportFormat::kAegis, "aegis", ParseAegis, true, IsAegis},
    Row{ImportFormat::kTwoFas, "2fas", ParseTwoFas, true, IsTwoFas},
    Row{ImportFormat::kAndOtp, "andotp", ParseAndOtp, true, IsAndOtp},
    Row{ImportFormat::kFreeOtp, "freeotp+", Plain<ParseFreeOtp>, true, IsFreeOtp},
    Row{ImportFormat::kBitwarden, "bitwarden", ParseBitwarden, true, IsBitwarden},
    Row{ImportFormat::kKeepassxc, "keepassxc", Plain<ParseKeepassxc>, true},
};

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows.at(i).format != static_cast<ImportFormat>(i)) {
      return false;
    }
  }
  return true;
}
static_assert(IsInOrder());

const Row& RowOf(ImportFormat format) { return kRows.at(static_cast<std::size_t>(format)); }

bool IsUsersOathLine(std::string_view line) {
  return (StartsWith(line, "HOTP ") || StartsWith(line, "HOTP\t") || StartsWith(line, "HOTP/")) &&
         WordsOf(line).size() >= 4;
}

// Without regard to case, as an HTML parser may have written it.
bool HoldsWord(std::string_view text, std::string_view word) {
  return std::search(text.begin(), text.end(), word.begin(), word.end(),
                     [](char a, char b) { return CapitalOf(a) == CapitalOf(b); }) != text.end();
}

// The secret alone, and then options or scratch codes.
bool IsGoogleFile(std::string_view text) {
  const std::vector<std::string_view> lines = LinesOf(text);
  return lines.size() >= 2 && DecodeLooseBase32(lines[0]) && StartsWith(lines[1], "\" ");
}

// By the members that each app's document has.
std::optional<ImportFormat> AppOf(std::string_view text) {
  const auto document = ParseJsonText(text);
  for (const Row& row : kRows) {
    if (document && row.is != nullptr && row.is(document->get())) {
      return row.format;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<ImportFormat> FormatOf(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) {
      return row.format;
    }
  }
  return std::nullopt;
}

std::string_view NameOf(ImportFormat format) { return RowOf(format).name; }

std::optional<ImportFormat> GuessFormat(std::string_view text) {
  if (const auto converted = FromUtf16(text)) {
    return GuessFormat(converted->text());
  }
  if (IsPicture(text)) {
    return ImportFormat::kPicture;
  }
  if (IsGoogleFile(text)) {
    return ImportFormat::kGoogleAuthenticator;
  }
  std::string_view rest = Trimmed(WithoutByteOrderMark(text));
  while (StartsWith(rest, "#")) {
    const std::size_t end = rest.find('\n');
    rest = end == std::string_view::npos ? std::string_view() : Trimmed(rest.substr(end));
  }
  const std::string_view line = UriOfLine(rest.substr(0, rest.find('\n')));
  if (StartsWith(line, "otpauth://")) {
    return ImportFormat::kOtpauth;
  }
  if (StartsWith(line, "otpauth-migration://")) {
    return ImportFormat::kOtpauthMigration;
  }
  if (StartsWith(rest, "<") && HoldsWord(rest, "KeyContainer")) {
    return ImportFormat::kPskc;
  }
  if (StartsWith(rest, "{") || StartsWith(rest, "[")) {
    return AppOf(rest);
  }
  if (IsKeepassxc(line)) {
    return ImportFormat::kKeepassxc;
  }
  return IsUsersOathLine(line) ? std::optional(ImportFormat::kUsersOath) : std::nullopt;
}

bool IsWholePhone(ImportFormat format) { return RowOf(format).whole_phone; }

Result<ImportedUsers> ParseImport(ImportFormat format, std::string_view text,
                                  const ImportContext& context, const AskPskcKey& ask) {
  // libxml2 reads UTF-16 itself, and goes by what the document says of its encoding.
  if (const auto converted = FromUtf16(text); converted && format != ImportFormat::kPskc) {
    return ParseImport(format, converted->text(), context, ask);
  }
  return RowOf(format).parse(text, context, ask);
}

}  // namespace twofactor
