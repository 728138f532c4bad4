#ifndef TWOFACTOR_COMMON_OTP_OTP_PARAMETERS_H_
#define TWOFACTOR_COMMON_OTP_OTP_PARAMETERS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/clock.h"

namespace twofactor {

// The HMAC of RFC 6238 section 1.2. The values stand in the stores: never change one.
enum class OtpAlgorithm : std::uint8_t { kSha1 = 1, kSha256 = 2, kSha512 = 3 };

// The name that otpauth URIs use: "SHA1", "SHA256", "SHA512".
std::string_view AlgorithmName(OtpAlgorithm algorithm);
// The algorithm that a store holds as `value`, none for a value that is not one of them.
std::optional<OtpAlgorithm> AlgorithmFromStored(std::uint8_t value);

// RFC 6238's T: how many intervals have passed since 1970.
using TimeStep = std::uint32_t;
// The stores have 31 bits for it. Far enough from it to add windows is everything that StepAt
// gives.
inline constexpr TimeStep kMaxTimeStep = (TimeStep{1} << 31) - 1;

inline constexpr int kMinDigits = 6;
inline constexpr int kMaxDigits = 8;
inline constexpr std::chrono::seconds kMinInterval{5};
// The bound is the stores' field; a code that lives for longer than a day is a password.
inline constexpr std::chrono::seconds kMaxInterval{std::chrono::hours{24}};
// RFC 4226 section 4 (R6) asks for 128 bits at least and recommends 160.
inline constexpr std::size_t kNewSecretBytes = 20;
inline constexpr std::size_t kMaxSecretBytes = 64;
// The largest count of steps that may be accepted before and after the current one.
inline constexpr int kMaxWindow = 10;

// How a device makes its codes.
struct OtpParameters {
  OtpAlgorithm algorithm = OtpAlgorithm::kSha1;
  int digits = 6;
  std::chrono::seconds interval{30};

  // Are all three within the bounds above?
  bool Valid() const;
  friend bool operator==(const OtpParameters&, const OtpParameters&) = default;
};

// The step that `time` lies in. Times before 1970 are step 0, those beyond kMaxTimeStep (year 2310)
// stay below it; `interval` is at least kMinInterval.
TimeStep StepAt(WallTime time, std::chrono::seconds interval);
// The first moment of `step`.
WallTime StartOf(TimeStep step, std::chrono::seconds interval);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_OTP_PARAMETERS_H_
