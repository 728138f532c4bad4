#include "common/otp/otp_parameters.h"

#include <algorithm>

namespace twofactor {

std::string_view AlgorithmName(OtpAlgorithm algorithm) {
  switch (algorithm) {
    case OtpAlgorithm::kSha1:
      return "SHA1";
    case OtpAlgorithm::kSha256:
      return "SHA256";
    case OtpAlgorithm::kSha512:
      return "SHA512";
  }
  return "";
}

std::optional<OtpAlgorithm> AlgorithmFromStored(std::uint8_t value) {
  const auto algorithm = static_cast<OtpAlgorithm>(value);
  if (AlgorithmName(algorithm).empty()) {
    return std::nullopt;
  }
  return algorithm;
}

std::optional<DeviceKind> DeviceKindFromStored(std::uint8_t value) {
  const bool known = value >= static_cast<std::uint8_t>(DeviceKind::kTotp) &&
                     value <= static_cast<std::uint8_t>(DeviceKind::kRecoveryCodes);
  return known ? std::optional(static_cast<DeviceKind>(value)) : std::nullopt;
}

std::string_view NameOf(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::kTotp:
      return "TOTP";
    case DeviceKind::kHotp:
      return "HOTP";
    case DeviceKind::kRecoveryCodes:
      return "RECOVERY_CODES";
  }
  return "";
}

std::optional<DeviceKind> DeviceKindNamed(std::string_view name) {
  for (const auto kind : {DeviceKind::kTotp, DeviceKind::kHotp, DeviceKind::kRecoveryCodes}) {
    if (NameOf(kind) == name) {
      return kind;
    }
  }
  return std::nullopt;
}

std::optional<OtpAlgorithm> AlgorithmNamed(std::string_view name) {
  for (const auto algorithm : {OtpAlgorithm::kSha1, OtpAlgorithm::kSha256, OtpAlgorithm::kSha512}) {
    if (AlgorithmName(algorithm) == name) {
      return algorithm;
    }
  }
  return std::nullopt;
}

bool OtpParameters::Valid() const {
  return !AlgorithmName(algorithm).empty() && digits >= kMinDigits && digits <= kMaxDigits &&
         interval >= kMinInterval && interval <= kMaxInterval;
}

TimeStep StepAt(WallTime time, std::chrono::seconds interval) {
  return SkewedStepAt(time, interval, 0);
}

WallTime StartOf(TimeStep step, std::chrono::seconds interval) {
  return StartOfSkewed(step, interval, 0);
}

TimeStep SkewedStepAt(WallTime time, std::chrono::seconds interval, int skew) {
  const auto step = std::max<std::int64_t>(time.time_since_epoch() / interval + skew, 0);
  return static_cast<TimeStep>(std::min<std::int64_t>(step, kMaxTimeStep - 2 * kMaxWindow - 2));
}

WallTime StartOfSkewed(TimeStep step, std::chrono::seconds interval, int skew) {
  return WallTime((static_cast<std::int64_t>(step) - skew) * interval);
}

}  // namespace twofactor
