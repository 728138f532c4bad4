#include "cli/import/otpauth.h"

#include <array>
#include <optional>
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

using Type = ImportedDevice::Type;

bool EqualLetters(std::string_view a, std::string_view upper) {
  if (a.size() != upper.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char letter = a[i] >= 'a' && a[i] <= 'z' ? static_cast<char>(a[i] - 'a' + 'A') : a[i];
    if (letter != upper[i]) {
      return false;
    }
  }
  return true;
}

Result<void> ReadSecret(const Uri& uri, ImportedDevice& device) {
  auto secret = DecodeLooseBase32(uri.Find("secret").value_or(""));
  if (!secret || secret->empty() || secret->size() > kMaxSecretBytes) {
    return Refuse(Say("the secret is not 1 to %1 bytes in base32", kMaxSecretBytes));
  }
  device.secret = std::move(*secret);
  return {};
}

Result<void> ReadAlgorithm(const Uri& uri, ImportedDevice& device) {
  const auto name = uri.Find("algorithm");
  if (!name) {
    return {};
  }
  for (const OtpAlgorithm known :
       {OtpAlgorithm::kSha1, OtpAlgorithm::kSha256, OtpAlgorithm::kSha512}) {
    if (EqualLetters(*name, AlgorithmName(known))) {
      device.parameters.algorithm = known;
      return {};
    }
  }
  return Refuse(Say("the algorithm is none of SHA1, SHA256 and SHA512"));
}

Result<void> ReadNumbers(const Uri& uri, ImportedDevice& device) {
  const auto digits = NumberIn<int>(uri.Find("digits").value_or("6"));
  if (!digits || *digits < kMinDigits || *digits > kMaxDigits) {
    return Refuse(Say("the digits are not 6 to 8"));
  }
  device.parameters.digits = *digits;
  if (device.type == Type::kHotp) {
    const auto counter = NumberIn<std::uint64_t>(uri.Find("counter").value_or(""));
    if (!counter || *counter > kMaxHotpCounter) {
      return Refuse(Say("the counter is not a number from 0 to 2^62"));
    }
    device.counter = *counter;
    return {};
  }
  const auto period = NumberIn<int>(uri.Find("period").value_or("30"));
  const std::chrono::seconds interval(period.value_or(0));
  if (interval < kMinInterval || interval > kMaxInterval) {
    return Refuse(
        Say("the period is not %1 to %2 seconds", kMinInterval.count(), kMaxInterval.count()));
  }
  device.parameters.interval = interval;
  return {};
}

Result<ImportedDevice> ReadDevice(const Uri& uri) {
  ImportedDevice device;
  if (EqualLetters(uri.host, "HOTP")) {
    device.type = Type::kHotp;
  } else if (!EqualLetters(uri.host, "TOTP")) {
    return Refuse(Say("is neither totp nor hotp"));
  }
  for (auto* const read : {ReadSecret, ReadAlgorithm, ReadNumbers}) {
    if (const auto done = read(uri, device); !done) {
      return Fail(done.error());
    }
  }
  device.label = IssuerOfLabel(uri.path);
  if (const auto issuer = uri.Find("issuer"); issuer && !issuer->empty()) {
    device.label = std::string(*issuer);
  }
  return device;
}

void ReadLine(std::string_view line, std::size_t number, const ImportContext& context,
              UserList& users) {
  const std::string place = Say("line %1", number);
  // An app that writes blanks as '+' means blanks; base32 has no '+'.
  const auto uri = ParseUri(line, true);
  if (!uri || !EqualLetters(uri->scheme, "OTPAUTH")) {
    users.Of(context.user.empty() ? place : context.user)
        .refusals.push_back(Say("%1: is no otpauth:// URI", place));
    return;
  }
  std::string name = context.user;
  if (name.empty()) {
    name = UserOfAccount(uri->path, context.host);
  }
  ImportedUser& user = users.Of(name.empty() ? place : name);
  auto device = ReadDevice(*uri);
  if (name.empty()) {
    user.refusals.push_back(Say("%1: names no user: say --user NAME", place));
  } else if (device) {
    device->place = place;
    user.devices.push_back(std::move(*device));
  } else {
    user.refusals.push_back(device.error().Under(place).message());
  }
}

}  // namespace

Result<ImportedUsers> ParseOtpauth(std::string_view text, const ImportContext& context) {
  UserList users;
  std::size_t number = 0;
  bool any = false;
  for (const std::string_view raw : LinesOf(text)) {
    ++number;
    const std::string_view line = Trimmed(raw);
    if (line.empty() || line.front() == '#') {
      continue;
    }
    if (line.size() > kMaxLineBytes) {
      return Fail(ErrorCode::kInvalidParams,
                  Say("line %1 is too long for an otpauth:// URI", number));
    }
    any = true;
    ReadLine(line, number, context, users);
  }
  if (!any) {
    return Fail(ErrorCode::kInvalidParams, Say("there is no otpauth:// URI in the file"));
  }
  return std::move(users).Finish();
}

}  // namespace twofactor
