#include "cli/import/device_values.h"

#include <array>
#include <utility>

#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using Type = ImportedDevice::Type;

// In capitals, without what only separates.
std::string BareWord(std::string_view text) {
  std::string bare;
  for (const char character : text) {
    if (character != '-' && character != '_' && character != ' ') {
      bare += CapitalOf(character);
    }
  }
  return bare;
}

// Takes over what `read` makes of `text`, where there is one.
template <typename Value, typename Read>
Result<void> TakeOver(std::optional<std::string_view> text, Read read, Value& into) {
  if (!text) {
    return {};
  }
  auto value = read(*text);
  if (!value) {
    return Fail(value.error());
  }
  into = *value;
  return {};
}

}  // namespace

Result<Type> TypeIn(std::string_view text) {
  if (EqualWords(text, "TOTP")) {
    return Type::kTotp;
  }
  return EqualWords(text, "HOTP") ? Result<Type>(Type::kHotp)
                                  : Refuse(Say("is neither TOTP nor HOTP"));
}

Result<OtpAlgorithm> AlgorithmIn(std::string_view text) {
  std::string word = BareWord(text);
  if (word.compare(0, 4, "HMAC") == 0) {
    word.erase(0, 4);
  }
  const auto algorithm = AlgorithmNamed(word);
  return algorithm ? Result<OtpAlgorithm>(*algorithm)
                   : Refuse(Say("the algorithm is none of SHA1, SHA256 and SHA512"));
}

Result<int> DigitsIn(std::string_view text) {
  const auto digits = NumberIn<int>(Trimmed(text));
  if (!digits || *digits < kMinDigits || *digits > kMaxDigits) {
    return Refuse(Say("the digits are not 6 to 8"));
  }
  return *digits;
}

Result<std::chrono::seconds> IntervalIn(std::string_view text) {
  const std::chrono::seconds interval(NumberIn<int>(Trimmed(text)).value_or(0));
  if (interval < kMinInterval || interval > kMaxInterval) {
    return Refuse(
        Say("the period is not %1 to %2 seconds", kMinInterval.count(), kMaxInterval.count()));
  }
  return interval;
}

Result<HotpCounter> CounterIn(std::string_view text) {
  const auto counter = NumberIn<std::uint64_t>(Trimmed(text));
  if (!counter || *counter > kMaxHotpCounter) {
    return Refuse(Say("the counter is not a number from 0 to 2^62"));
  }
  return *counter;
}

Result<SecretBytes> SecretFrom(std::optional<SecretBytes> decoded) {
  if (!decoded || decoded->empty() || decoded->size() > kMaxSecretBytes) {
    return Refuse(Say("the secret is not 1 to %1 bytes, or cannot be read", kMaxSecretBytes));
  }
  return std::move(*decoded);
}

WrittenDevice TakeWritten(Fields& fields, std::string_view algorithm) {
  return {std::nullopt, fields.Take(algorithm), fields.Take("digits"), fields.Take("period"),
          fields.Take("counter")};
}

Result<ImportedDevice> DeviceFrom(const WrittenDevice& written, std::optional<SecretBytes> secret,
                                  std::vector<std::string>& notes) {
  ImportedDevice device;
  auto bytes = SecretFrom(std::move(secret));
  const std::array results = {TakeOver(written.type, TypeIn, device.type),
                              bytes ? Result<void>() : Fail(bytes.error()),
                              TakeOver(written.algorithm, AlgorithmIn, device.parameters.algorithm),
                              TakeOver(written.digits, DigitsIn, device.parameters.digits)};
  for (const Result<void>& result : results) {
    if (!result) {
      return Fail(result.error());
    }
  }
  const auto last = device.type == Type::kHotp
                        ? TakeOver(written.counter, CounterIn, device.counter)
                        : TakeOver(written.interval, IntervalIn, device.parameters.interval);
  if (!last) {
    return Fail(last.error());
  }
  if (device.type == Type::kHotp && !written.counter) {
    notes.emplace_back(Say("has no counter: taken as 0; 'twofactorctl resync' finds another"));
  }
  device.secret = std::move(*bytes);
  return device;
}

Result<ImportedDevice> DeviceFrom(const Fields& fields, const WrittenDevice& written,
                                  std::optional<SecretBytes> secret,
                                  std::vector<std::string>& notes) {
  const auto understood = fields.CheckUnderstood();
  return understood ? DeviceFrom(written, std::move(secret), notes) : Fail(understood.error());
}

}  // namespace twofactor
