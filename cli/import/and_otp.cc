// andOTP: a list of accounts; encrypted, four bytes of PBKDF2's iterations, salt, nonce and data.
#include <utility>

#include "cli/import/encodings.h"
#include "cli/import/file_crypto.h"
#include "cli/import/phone_export.h"
#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr std::size_t kAndOtpIterationBytes = 4;
constexpr std::size_t kAndOtpSaltBytes = 12;
constexpr std::size_t kAndOtpNonceBytes = 12;
constexpr std::size_t kAndOtpHeaderBytes =
    kAndOtpIterationBytes + kAndOtpSaltBytes + kAndOtpNonceBytes;
constexpr std::uint32_t kAndOtpMaxIterations = 2'000'000;

Result<WipedJson> OpenAndOtp(std::string_view text, const AskPassphrase& ask) {
  const SecretBytes file = SecretBytes::CopyOf(text);
  const auto bytes = file.bytes();
  std::uint32_t iterations = 0;
  for (const std::uint8_t byte : bytes.first(std::min(kAndOtpIterationBytes, bytes.size()))) {
    iterations = iterations << 8U | byte;
  }
  if (bytes.size() <= kAndOtpHeaderBytes + kGcmTagBytes || iterations == 0 ||
      iterations > kAndOtpMaxIterations) {
    return Refuse(Say("is no export of %1", "andOTP"));
  }
  return OpenExport(ask, [&](const SecretBytes& passphrase) {
    const auto salt = bytes.subspan(kAndOtpIterationBytes, kAndOtpSaltBytes);
    const auto nonce = bytes.subspan(kAndOtpIterationBytes + kAndOtpSaltBytes, kAndOtpNonceBytes);
    const auto key =
        Pbkdf2(passphrase, salt, static_cast<int>(iterations), "SHA1", kExportKeyBytes);
    return key ? DecryptAesGcm(*key, nonce, bytes.subspan(kAndOtpHeaderBytes)) : std::nullopt;
  });
}

ExportedAccount ReadAndOtpAccount(const json& account) {
  Fields fields = FieldsOf(account);
  fields.Pass({"issuer", "label", "thumbnail", "last_used", "used_frequency", "tags"});
  auto secret = DecodeLooseBase32(fields.Take("secret").value_or(""));
  return {TextAt(account, "issuer"), TextAt(account, "label"), std::move(fields),
          std::move(secret)};
}

}  // namespace

bool IsAndOtp(const json& document) {
  return document.is_array() && !document.empty() && document.front().is_object() &&
         document.front().contains("secret") && document.front().contains("label");
}

Result<ImportedUsers> ParseAndOtp(std::string_view text, const ImportContext& context,
                                  const AskPassphrase& ask) {
  const bool plain = Trimmed(WithoutByteOrderMark(text)).starts_with("[");
  const auto document = plain ? ParseExport(text, IsAndOtp, "andOTP") : OpenAndOtp(text, ask);
  return document ? UsersOfExport(document->get(), context, ReadAndOtpAccount)
                  : Fail(document.error());
}

}  // namespace twofactor
