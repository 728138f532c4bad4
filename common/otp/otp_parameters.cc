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

bool OtpParameters::Valid() const {
  return !AlgorithmName(algorithm).empty() && digits >= kMinDigits && digits <= kMaxDigits &&
         interval >= kMinInterval && interval <= kMaxInterval;
}

TimeStep StepAt(WallTime time, std::chrono::seconds interval) {
  const auto step = std::max<std::int64_t>(time.time_since_epoch() / interval, 0);
  return static_cast<TimeStep>(std::min<std::int64_t>(step, kMaxTimeStep - 2 * kMaxWindow - 2));
}

WallTime StartOf(TimeStep step, std::chrono::seconds interval) {
  return WallTime(static_cast<std::int64_t>(step) * interval);
}

}  // namespace twofactor
