// 2FAS: its backup's schema, and "servicesEncrypted": data, salt and nonce in base64.
#include <utility>

#include "cli/import/encodings.h"
#include "cli/import/file_crypto.h"
#include "cli/import/phone_export.h"
#include "cli/json_fields.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr int kTwoFasIterations = 10'000;

std::optional<SecretBytes> OpenTwoFas(std::string_view encrypted, const SecretBytes& passphrase) {
  const std::size_t first = std::min(encrypted.find(':'), encrypted.size());
  const std::size_t second = std::min(encrypted.find(':', first + 1), encrypted.size());
  const auto data = DecodeBase64Secret(encrypted.substr(0, first));
  const auto salt = DecodeBase64Secret(
      first < second ? encrypted.substr(first + 1, second - first - 1) : std::string_view());
  const auto nonce = DecodeBase64Secret(second < encrypted.size() ? encrypted.substr(second + 1)
                                                                  : std::string_view());
  const auto key =
      salt ? Pbkdf2(passphrase, salt->bytes(), kTwoFasIterations, "SHA256", kExportKeyBytes)
           : std::nullopt;
  return key && data && nonce ? DecryptAesGcm(*key, nonce->bytes(), data->bytes()) : std::nullopt;
}

ExportedAccount ReadTwoFasAccount(const json& service) {
  const json otp = ObjectAt(service, "otp");
  Fields fields = FieldsOf(otp);
  fields.Pass({"source", "link", "label", "account", "issuer"});
  const std::string issuer = TextAt(otp, "issuer");
  const std::string account = TextAt(otp, "account");
  return {issuer.empty() ? TextAt(service, "name") : issuer,
          account.empty() ? TextAt(otp, "label") : account, std::move(fields),
          DecodeLooseBase32(TextAt(service, "secret")), "tokenType"};
}

}  // namespace

bool IsTwoFas(const json& document) {
  return document.is_object() && document.contains("schemaVersion") &&
         (document.contains("services") || document.contains("servicesEncrypted"));
}

Result<ImportedUsers> ParseTwoFas(std::string_view text, const ImportContext& context,
                                  const AskPassphrase& ask) {
  const auto document = ParseExport(text, IsTwoFas, "2FAS");
  if (!document) {
    return Fail(document.error());
  }
  const std::string encrypted = TextAt(document->get(), "servicesEncrypted");
  const auto services = encrypted.empty()
                            ? Result<WipedJson>(WipedJson(ListAt(document->get(), "services")))
                            : OpenExport(ask, [&encrypted](const SecretBytes& passphrase) {
                                return OpenTwoFas(encrypted, passphrase);
                              });
  return services ? UsersOfExport(services->get(), context, ReadTwoFasAccount)
                  : Fail(services.error());
}

}  // namespace twofactor
