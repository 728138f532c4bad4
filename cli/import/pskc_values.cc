#include "cli/import/pskc_values.h"

#include <optional>
#include <utility>

#include "cli/import/encodings.h"
#include "cli/import/file_crypto.h"
#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

// More than is asked of new files today, and a bound on what a file makes us compute.
constexpr int kMaxIterations = 2'000'000;
constexpr std::size_t kMaxSaltBytes = 1024;

// RFC 8018's default is HMAC-SHA-1.
std::string_view DigestOfPrf(const XmlElement& parameters) {
  const auto prf = parameters.Child("PRF");
  const std::string name = prf ? prf->Attribute("Algorithm") : std::string();
  return name.empty() ? "SHA1" : DigestOfHmac(name);
}

Result<SecretBytes> DeriveKey(const XmlElement& derived, const AskPskcKey& ask) {
  const auto parameters = derived.Descend({"KeyDerivationMethod", "PBKDF2-params"});
  if (!parameters) {
    return Refuse(Say("the container's key is derived, but not with PBKDF2"));
  }
  const auto salt_element = parameters->Descend({"Salt", "Specified"});
  const auto salt = salt_element ? DecodeBase64Secret(salt_element->Text().text()) : std::nullopt;
  const auto iterations = twofactor::NumberIn<int>(parameters->PlainTextAt({"IterationCount"}));
  const auto size = twofactor::NumberIn<std::size_t>(parameters->PlainTextAt({"KeyLength"}));
  const std::string_view digest = DigestOfPrf(*parameters);
  if (!salt || salt->size() > kMaxSaltBytes || !iterations || *iterations < 1 ||
      *iterations > kMaxIterations || !size || (*size != 16 && *size != 24 && *size != 32) ||
      digest.empty()) {
    return Refuse(Say("the parameters of the container's PBKDF2 are missing or cannot be used"));
  }
  const auto passphrase = ask(PskcKeyKind::kPassphrase);
  if (!passphrase) {
    return Fail(passphrase.error());
  }
  auto key = Pbkdf2(*passphrase, salt->bytes(), *iterations, digest, *size);
  if (!key) {
    return Fail(ErrorCode::kInternal, Say("derive the container's key: OpenSSL failed"));
  }
  return std::move(*key);
}

Result<SecretBytes> KeyOf(const XmlElement& encryption, const AskPskcKey& ask) {
  if (const auto derived = encryption.Child("DerivedKey")) {
    return DeriveKey(*derived, ask);
  }
  if (encryption.Child("X509Data") || encryption.Child("EncryptedKey")) {
    return Refuse(
        Say("the container's key is encrypted with a certificate: decrypt it with its"
            " maker's tool first, or ask for a file with a pre-shared key"));
  }
  return ask(PskcKeyKind::kPreShared);
}

// Digits, with a sign or a point perhaps.
bool LooksLikeNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("+-.0123456789") == std::string_view::npos;
}

std::optional<SecretBytes> CipherDataOf(const XmlElement& value) {
  const auto element = value.Descend({"CipherData", "CipherValue"});
  return element ? DecodeBase64Secret(element->Text().text()) : std::nullopt;
}

}  // namespace

Result<SecretBytes> PskcValues::Decrypt(const XmlElement& value, const SecretBytes& data) const {
  const auto method = value.Child("EncryptionMethod");
  const std::size_t size = method ? KeyBytesOf(method->Attribute("Algorithm")) : 0;
  if (size == 0) {
    return Refuse(Say("is not encrypted with AES-CBC of 128, 192 or 256 bits"));
  }
  if (key_.size() != size) {
    return Refuse(Say("needs a key of %1 bytes, and the one given has %2", size, key_.size()));
  }
  auto plain = DecryptAesCbc(key_, data.bytes());
  if (!plain) {
    return Refuse(Say("cannot be decrypted: the key is wrong"));
  }
  return std::move(*plain);
}

Result<void> PskcValues::ReadMacMethod(const XmlElement& container) {
  const auto method = container.Child("MACMethod");
  if (!method) {
    return Refuse(
        Say("the container is encrypted, but has no MACMethod: nothing would show whether"
            " it was changed"));
  }
  mac_digest_ = DigestOfHmac(method->Attribute("Algorithm"));
  if (mac_digest_.empty()) {
    return Refuse(Say("the container's MACMethod is not an HMAC with SHA-1 or SHA-2"));
  }
  const auto wrapped = method->Child("MACKey");
  if (!wrapped) {
    // RFC 6030 section 6.1.1: the encryption key is the MAC key then.
    mac_key_ = key_.Clone();
    return {};
  }
  const auto data = CipherDataOf(*wrapped);
  auto mac_key = data ? Decrypt(*wrapped, *data) : Refuse(Say("is no base64"));
  if (!mac_key) {
    return Fail(mac_key.error().Under(Say("the container's MACKey")));
  }
  mac_key_ = std::move(*mac_key);
  return {};
}

Result<PskcValues> PskcValues::Open(const XmlElement& container, const AskPskcKey& ask) {
  PskcValues values;
  const auto encryption = container.Child("EncryptionKey");
  if (!encryption) {
    return values;
  }
  auto key = KeyOf(*encryption, ask);
  if (!key) {
    return Fail(key.error());
  }
  values.key_ = std::move(*key);
  if (const auto read = values.ReadMacMethod(container); !read) {
    return Fail(read.error());
  }
  return values;
}

Result<SecretBytes> PskcValues::BytesIn(const XmlElement& value) const {
  if (const auto plain = value.Child("PlainValue")) {
    auto bytes = DecodeBase64Secret(plain->Text().text());
    if (!bytes) {
      return Refuse(Say("is no base64"));
    }
    return std::move(*bytes);
  }
  const auto encrypted = value.Child("EncryptedValue");
  if (!encrypted) {
    return Refuse(Say("has neither a PlainValue nor an EncryptedValue"));
  }
  const auto data = CipherDataOf(*encrypted);
  if (key_.empty() || !data) {
    return Refuse(Say("is encrypted, but the container names no key or the value is no base64"));
  }
  const auto element = value.Child("ValueMAC");
  const auto mac = element ? DecodeBase64Secret(element->Text().text()) : std::nullopt;
  const auto right = Hmac(mac_digest_, mac_key_, data->bytes());
  if (!mac || !right || !mac->Equals(*right)) {
    return Refuse(Say("has no right ValueMAC: the key is wrong, or the file was changed"));
  }
  return Decrypt(*encrypted, *data);
}

Result<SecretBytes> PskcValues::NumberIn(const XmlElement& value) const {
  if (const auto plain = value.Child("PlainValue"); plain && LooksLikeNumber(plain->PlainText())) {
    return plain->Text();
  }
  auto bytes = BytesIn(value);
  if (!bytes || LooksLikeNumber(bytes->text())) {
    return bytes;
  }
  if (bytes->size() != 4 && bytes->size() != 8) {
    return Refuse(Say("is no number"));
  }
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes->bytes()) {
    number = number << 8U | byte;
  }
  return SecretBytes::CopyOf(std::to_string(number));
}

}  // namespace twofactor
