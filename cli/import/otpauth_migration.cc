#include "cli/import/otpauth_migration.h"

#include <otp_migration.pb.h>

#include <optional>
#include <utility>
#include <vector>

#include "cli/import/device_values.h"
#include "cli/import/encodings.h"
#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/import/uri.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using migration::Payload;
using AppAccount = Payload::OtpParameters;

// A part has some ten accounts, so that its picture can be scanned.
constexpr std::size_t kMaxAccounts = 1000;

// Protobuf's own copies of the secrets are wiped, too.
class Part {
 public:
  Part() = default;
  ~Part() {
    for (AppAccount& account : *payload_.mutable_otp_parameters()) {
      std::string& secret = *account.mutable_secret();
      WipeMemory(secret.data(), secret.size());
    }
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  bool Parse(const SecretBytes& data) {
    return payload_.ParseFromArray(data.bytes().data(), static_cast<int>(data.size()));
  }
  const Payload& payload() const { return payload_; }

 private:
  Payload payload_;
};

// In the words that other formats have; the app's defaults where it says nothing.
std::string_view AlgorithmOf(const AppAccount& account) {
  switch (account.algorithm()) {
    case Payload::ALGORITHM_UNSPECIFIED:
    case Payload::ALGORITHM_SHA1:
      return "SHA1";
    case Payload::ALGORITHM_SHA256:
      return "SHA256";
    case Payload::ALGORITHM_SHA512:
      return "SHA512";
    default:
      return "another";
  }
}

std::string_view DigitsOf(const AppAccount& account) {
  switch (account.digits()) {
    case Payload::DIGIT_COUNT_UNSPECIFIED:
    case Payload::DIGIT_COUNT_SIX:
      return "6";
    case Payload::DIGIT_COUNT_SEVEN:
      return "7";
    case Payload::DIGIT_COUNT_EIGHT:
      return "8";
    default:
      return "others";
  }
}

std::string_view TypeOf(const AppAccount& account) {
  switch (account.type()) {
    case Payload::OTP_TYPE_TOTP:
      return "TOTP";
    case Payload::OTP_TYPE_HOTP:
      return "HOTP";
    default:
      return "another";
  }
}

Result<ImportedDevice> DeviceOf(const AppAccount& account, std::vector<std::string>& notes) {
  if (!account.unknown_fields().empty()) {
    return Refuse(Say("holds something that is not understood"));
  }
  const std::string counter = std::to_string(account.counter());
  return DeviceFrom(
      {TypeOf(account), AlgorithmOf(account), DigitsOf(account), std::nullopt, counter},
      SecretBytes::CopyOf(std::string_view(account.secret())), notes);
}

Result<SecretBytes> DataOf(std::string_view line) {
  // '+' is a digit of base64, and apps do not always escape it.
  auto uri = ParseUri(line, false);
  if (!uri || !EqualWords(uri->scheme, "otpauth-migration") || !EqualWords(uri->host, "offline")) {
    return Refuse(Say("is no otpauth-migration://offline URI"));
  }
  auto data = DecodeLooseBase64(uri->query.Take("data").value_or(""));
  if (!data) {
    return Refuse(Say("its data is no base64"));
  }
  if (const auto understood = uri->query.CheckUnderstood(); !understood) {
    return Fail(understood.error());
  }
  return std::move(*data);
}

}  // namespace

Result<void> MigrationParts::Read(std::string_view uri, const std::string& place, UserList& users) {
  if (!seen_.insert(uri).second) {
    return {};
  }
  const auto data = DataOf(uri);
  if (!data) {
    return Fail(data.error().Under(place));
  }
  Part part;
  if (!part.Parse(*data) || !part.payload().unknown_fields().empty() ||
      static_cast<std::size_t>(part.payload().otp_parameters_size()) > kMaxAccounts) {
    return Refuse(Say("%1: its data is not what Google Authenticator exports", place));
  }
  Export& whole = exports_[part.payload().batch_id()];
  whole.size = part.payload().batch_size();
  whole.parts.insert(part.payload().batch_index());
  int number = 0;
  for (const AppAccount& account : part.payload().otp_parameters()) {
    ImportedEntry entry =
        users.EntryOfApp(Say("%1, account %2", place, ++number), account.issuer(), account.name());
    TakeAppDevice(entry, DeviceOf(account, entry.notes));
    users.Add(std::move(entry));
  }
  return {};
}

Result<void> MigrationParts::CheckWhole() const {
  for (const auto& [id, whole] : exports_) {
    if (whole.size > 1 && whole.parts.size() < static_cast<std::size_t>(whole.size)) {
      return Refuse(Say(
          "the export has %1 parts, and %2 of them are in the file: add a line for each picture "
          "of the app",
          whole.size, whole.parts.size()));
    }
  }
  return {};
}

}  // namespace twofactor
