#ifndef TWOFACTOR_COMMON_OTP_OTP_PARAMETERS_H_
#define TWOFACTOR_COMMON_OTP_OTP_PARAMETERS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/clock.h"

namespace twofactor {

// The HMAC of RFC 6238 section 1.2. The stores contain the values: never change one.
enum class OtpAlgorithm : std::uint8_t { kSha1 = 1, kSha256 = 2, kSha512 = 3 };

// Returns the name in otpauth URIs: "SHA1", "SHA256", "SHA512".
std::string_view AlgorithmName(OtpAlgorithm algorithm);
// Returns the algorithm of that name.
std::optional<OtpAlgorithm> AlgorithmNamed(std::string_view name);
// Returns the algorithm that a store has as `value`, if it is one.
std::optional<OtpAlgorithm> AlgorithmFromStored(std::uint8_t value);

// A kind of device. The stores contain the values: never change one.
enum class DeviceKind : std::uint8_t {
  kTotp = 1,           // RFC 6238: its secret is in the live store, where verifiers use it.
  kHotp = 2,           // RFC 4226: its counter must be durable, so only the daemon consumes it.
  kRecoveryCodes = 3,  // The user's list of single-use codes; only the daemon consumes them.
};
std::optional<DeviceKind> DeviceKindFromStored(std::uint8_t value);
// Returns "TOTP", "HOTP" or "RECOVERY_CODES", and the reverse.
std::string_view NameOf(DeviceKind kind);
std::optional<DeviceKind> DeviceKindNamed(std::string_view name);

// RFC 6238's T: the number of intervals since 1970.
using TimeStep = std::uint32_t;
// The stores have 31 bits for it. Steps from StepAt are far enough below it that adding windows is
// safe.
inline constexpr TimeStep kMaxTimeStep = (TimeStep{1} << 31) - 1;

inline constexpr int kMinDigits = 6;
inline constexpr int kMaxDigits = 8;
inline constexpr std::chrono::seconds kMinInterval{5};
// The limit is that of the stores' field. A code that is valid for more than a day is a password.
inline constexpr std::chrono::seconds kMaxInterval{std::chrono::hours{24}};
// RFC 4226 section 4 (R6) requires at least 128 bits and recommends 160.
inline constexpr std::size_t kNewSecretBytes = 20;
inline constexpr std::size_t kMaxSecretBytes = 64;
// The maximum number of steps that may be accepted before and after the current one.
inline constexpr int kMaxWindow = 10;

// The maximum number of steps by which a TOTP device's clock may differ from ours (twelve and a
// half hours with steps of 30 seconds, as in pam_google_authenticator).
inline constexpr int kMaxSkew = 1500;

// How a device makes its codes.
struct OtpParameters {
  OtpAlgorithm algorithm = OtpAlgorithm::kSha1;
  int digits = 6;
  std::chrono::seconds interval{30};

  // Returns whether all three are within the limits above.
  bool Valid() const;
  friend bool operator==(const OtpParameters&, const OtpParameters&) = default;
};

// Returns the step that contains `time`: 0 before 1970, and less than kMaxTimeStep beyond it (year
// 2310). `interval` is at least kMinInterval.
TimeStep StepAt(WallTime time, std::chrono::seconds interval);
// Returns the first moment of `step`.
WallTime StartOf(TimeStep step, std::chrono::seconds interval);

// Return the same by the clock of a device that is `skew` steps ahead of ours (negative: behind
// it).
TimeStep SkewedStepAt(WallTime time, std::chrono::seconds interval, int skew);
WallTime StartOfSkewed(TimeStep step, std::chrono::seconds interval, int skew);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_OTP_PARAMETERS_H_
