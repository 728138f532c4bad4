// Bitwarden: the logins of a JSON export that have a "totp", plain or protected with a password.
#include "cli/import/encodings.h"
#include "cli/import/file_crypto.h"
#include "cli/import/phone_export.h"
#include "cli/import/refusal.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr int kBitwardenPbkdf2 = 0;
constexpr std::int64_t kBitwardenMaxIterations = 2'000'000;

// "2.NONCE|DATA|MAC": AES-256-CBC, and an HMAC of the nonce and the data with SHA-256.
std::optional<SecretBytes> OpenText(std::string_view text, const SecretBytes& key) {
  const std::size_t first = text.find('|');
  const std::size_t second = text.rfind('|');
  const auto encryption = HkdfExpand(key, "enc");
  const auto authentication = HkdfExpand(key, "mac");
  if (!text.starts_with("2.") || first == second || !encryption || !authentication) {
    return std::nullopt;
  }
  const auto nonce = DecodeBase64Secret(text.substr(2, first - 2));
  const auto data = DecodeBase64Secret(text.substr(first + 1, second - first - 1));
  const auto mac = DecodeBase64Secret(text.substr(second + 1));
  if (!nonce || !data || !mac) {
    return std::nullopt;
  }
  const SecretBytes both = Joined(nonce->bytes(), data->bytes());
  const auto right = Hmac("SHA256", *authentication, both.bytes());
  return right && right->Equals(*mac) ? DecryptAesCbc(*encryption, both.bytes()) : std::nullopt;
}

Result<WipedJson> OpenBitwarden(const json& exported, const AskPassphrase& ask) {
  const std::int64_t iterations = NumberAt(exported, "kdfIterations");
  if (!TruthAt(exported, "passwordProtected") ||
      NumberAt(exported, "kdfType") != kBitwardenPbkdf2 || iterations < 1 ||
      iterations > kBitwardenMaxIterations) {
    return Refuse(
        Say("is encrypted with the account's key or with Argon2: export it anew, with a"
            " password of its own and PBKDF2, or plain"));
  }
  return OpenExport(ask, [&exported, iterations](const SecretBytes& passphrase) {
    const SecretBytes salt = SecretBytes::CopyOf(TextAt(exported, "salt"));
    const auto key =
        Pbkdf2(passphrase, salt.bytes(), static_cast<int>(iterations), "SHA256", kExportKeyBytes);
    return key ? OpenText(TextAt(exported, "data"), *key) : std::nullopt;
  });
}

}  // namespace

bool IsBitwarden(const json& document) {
  return document.is_object() && document.contains("encrypted") &&
         (document.contains("items") || document.contains("data"));
}

Result<ImportedUsers> ParseBitwarden(std::string_view text, const ImportContext& context,
                                     const AskPassphrase& ask) {
  auto document = ParseExport(text, IsBitwarden, "Bitwarden");
  if (document && document->get()["encrypted"] != false) {
    document = OpenBitwarden(document->get(), ask);
  }
  if (!document) {
    return Fail(document.error());
  }
  UserList users(context);
  std::size_t number = 0;
  const WipedJson items(ListAt(document->get(), "items"));
  for (const json& item : items.get()) {
    ++number;
    const json login = ObjectAt(item, "login");
    if (std::string totp = TextAt(login, "totp"); !totp.empty()) {
      AddStoredTotp(number, totp, TextAt(item, "name"), TextAt(login, "username"), users);
      WipeMemory(totp.data(), totp.size());
    }
  }
  return std::move(users).Finish();
}

}  // namespace twofactor
