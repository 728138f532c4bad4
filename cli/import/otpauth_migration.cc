#include "cli/import/otpauth_migration.h"

#include <otp_migration.pb.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "cli/import/account_name.h"
#include "cli/import/encodings.h"
#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/import/uri.h"
#include "cli/import/user_list.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using migration::Payload;
using Account = Payload::OtpParameters;
using Type = ImportedDevice::Type;

// A part has some ten accounts, so that its picture can be scanned.
constexpr std::size_t kMaxAccounts = 1000;

// Protobuf's own copies of the secrets are wiped, too.
class Part {
 public:
  Part() = default;
  ~Part() {
    for (Account& account : *payload_.mutable_otp_parameters()) {
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

Result<OtpAlgorithm> AlgorithmOf(const Account& account) {
  switch (account.algorithm()) {
    case Payload::ALGORITHM_UNSPECIFIED:
    case Payload::ALGORITHM_SHA1:
      return OtpAlgorithm::kSha1;
    case Payload::ALGORITHM_SHA256:
      return OtpAlgorithm::kSha256;
    case Payload::ALGORITHM_SHA512:
      return OtpAlgorithm::kSha512;
    default:
      return Refuse(Say("the algorithm is none of SHA1, SHA256 and SHA512"));
  }
}

Result<int> DigitsOf(const Account& account) {
  switch (account.digits()) {
    case Payload::DIGIT_COUNT_UNSPECIFIED:
    case Payload::DIGIT_COUNT_SIX:
      return 6;
    case Payload::DIGIT_COUNT_SEVEN:
      return 7;
    case Payload::DIGIT_COUNT_EIGHT:
      return 8;
    default:
      return Refuse(Say("the digits are not 6 to 8"));
  }
}

Result<Type> TypeOf(const Account& account) {
  switch (account.type()) {
    case Payload::OTP_TYPE_TOTP:
      return Type::kTotp;
    case Payload::OTP_TYPE_HOTP:
      return Type::kHotp;
    default:
      return Refuse(Say("is neither TOTP nor HOTP"));
  }
}

Result<ImportedDevice> DeviceOf(const Account& account) {
  const auto type = TypeOf(account);
  const auto algorithm = AlgorithmOf(account);
  const auto digits = DigitsOf(account);
  if (!type || !algorithm || !digits) {
    return Fail(!type ? type.error() : !algorithm ? algorithm.error() : digits.error());
  }
  if (account.secret().empty() || account.secret().size() > kMaxSecretBytes) {
    return Refuse(Say("the secret is not 1 to %1 bytes", kMaxSecretBytes));
  }
  if (account.counter() < 0 || static_cast<std::uint64_t>(account.counter()) > kMaxHotpCounter) {
    return Refuse(Say("the counter is not a number from 0 to 2^62"));
  }
  ImportedDevice device;
  device.type = *type;
  device.secret = SecretBytes::CopyOf(std::string_view(account.secret()));
  device.parameters.algorithm = *algorithm;
  device.parameters.digits = *digits;
  device.counter = *type == Type::kHotp ? static_cast<std::uint64_t>(account.counter()) : 0;
  device.label = account.issuer().empty() ? IssuerOfLabel(account.name()) : account.issuer();
  return device;
}

void ReadAccount(const Account& account, const std::string& place, const ImportContext& context,
                 UserList& users) {
  const std::string name =
      context.user.empty() ? UserOfAccount(account.name(), context.host) : context.user;
  ImportedUser& user = users.Of(name.empty() ? place : name);
  auto device = DeviceOf(account);
  if (name.empty()) {
    user.refusals.push_back(Say("%1 names no user: say --user NAME", place));
  } else if (device) {
    device->place = place;
    user.devices.push_back(std::move(*device));
  } else {
    user.refusals.push_back(device.error().Under(place).message());
  }
}

// Which parts of which exports were there.
class Batches {
 public:
  void Saw(const Payload& payload) {
    Batch& batch = batches_[payload.batch_id()];
    batch.size = payload.batch_size();
    batch.parts.insert(payload.batch_index());
  }
  std::optional<std::string> Missing() const {
    for (const auto& [id, batch] : batches_) {
      if (batch.size > 1 && batch.parts.size() < static_cast<std::size_t>(batch.size)) {
        return Say(
            "the export has %1 parts, and %2 of them are in the file: add a line for each picture "
            "of"
            " the app",
            batch.size, batch.parts.size());
      }
    }
    return std::nullopt;
  }

 private:
  struct Batch {
    int size = 0;
    std::set<int> parts;
  };
  std::map<int, Batch> batches_;
};

Result<SecretBytes> DataOf(std::string_view line) {
  // '+' is a digit of base64, and apps do not always escape it.
  const auto uri = ParseUri(line, false);
  if (!uri || uri->scheme != "otpauth-migration" || uri->host != "offline") {
    return Refuse(Say("is no otpauth-migration://offline URI"));
  }
  auto data = DecodeBase64(uri->Find("data").value_or(""));
  if (!data) {
    return Refuse(Say("its data is no base64"));
  }
  return std::move(*data);
}

Result<void> ReadLine(std::string_view line, const std::string& place, const ImportContext& context,
                      UserList& users, Batches& batches) {
  const auto data = DataOf(line);
  if (!data) {
    return Fail(data.error().Under(place));
  }
  Part part;
  if (!part.Parse(*data) ||
      static_cast<std::size_t>(part.payload().otp_parameters_size()) > kMaxAccounts) {
    return Refuse(Say("%1: its data is not what Google Authenticator exports", place));
  }
  batches.Saw(part.payload());
  int number = 0;
  for (const Account& account : part.payload().otp_parameters()) {
    ++number;
    ReadAccount(account, Say("%1, account %2", place, number), context, users);
  }
  return {};
}

}  // namespace

Result<ImportedUsers> ParseOtpauthMigration(std::string_view text, const ImportContext& context) {
  UserList users;
  Batches batches;
  std::set<std::string_view> seen;
  std::size_t number = 0;
  for (const std::string_view raw : LinesOf(text)) {
    ++number;
    const std::string_view line = Trimmed(raw);
    // A picture scanned twice is no second device.
    if (line.empty() || line.front() == '#' || !seen.insert(line).second) {
      continue;
    }
    const auto read = ReadLine(line, Say("line %1", number), context, users, batches);
    if (!read) {
      return Fail(read.error());
    }
  }
  if (const auto missing = batches.Missing()) {
    return Refuse(*missing);
  }
  ImportedUsers finished = std::move(users).Finish();
  if (finished.empty()) {
    return Refuse(Say("there is no account in the file"));
  }
  return finished;
}

}  // namespace twofactor
