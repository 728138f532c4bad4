// FreeOTP+: tokens whose secrets are lists of signed bytes.
#include <utility>

#include "cli/import/phone_export.h"
#include "cli/json_fields.h"

namespace twofactor {
namespace {

using nlohmann::json;

std::optional<SecretBytes> SecretOfFreeOtp(const json& token) {
  const json list = ListAt(token, "secret");
  SecretBytes secret(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!list[i].is_number_integer() || list[i] < -128 || list[i] > 255) {
      return std::nullopt;
    }
    secret.mutable_bytes()[i] = static_cast<std::uint8_t>(list[i].get<int>());
  }
  return secret;
}

ExportedAccount ReadFreeOtpAccount(const json& token) {
  Fields fields = FieldsOf(token);
  fields.Pass(
      {"issuerExt", "issuerInt", "issuerAlt", "label", "labelAlt", "image", "imageAlt", "secret"});
  const std::string issuer = TextAt(token, "issuerExt");
  return {issuer.empty() ? TextAt(token, "issuerInt") : issuer,
          TextAt(token, "label"),
          std::move(fields),
          SecretOfFreeOtp(token),
          "type",
          "algo"};
}

}  // namespace

bool IsFreeOtp(const json& document) {
  return document.is_object() && document.contains("tokens") && document.contains("tokenOrder");
}

Result<ImportedUsers> ParseFreeOtp(std::string_view text, const ImportContext& context) {
  const auto document = ParseExport(text, IsFreeOtp, "FreeOTP+");
  if (!document) {
    return Fail(document.error());
  }
  const WipedJson tokens(ListAt(document->get(), "tokens"));
  return UsersOfExport(tokens.get(), context, ReadFreeOtpAccount);
}

}  // namespace twofactor
