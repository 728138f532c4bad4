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
// The algorithm of that name.
std::optional<OtpAlgorithm> AlgorithmNamed(std::string_view name);
// The algorithm that a store holds as `value`, none for a value that is not one of them.
std::optional<OtpAlgorithm> AlgorithmFromStored(std::uint8_t value);

// What a user proves a login with. The values stand in the stores: never change one.
enum class DeviceKind : std::uint8_t {
  kTotp = 1,  // RFC 6238: its secret is in the live store, and verifiers use it themselves.
  kHotp = 2,  // RFC 4226: its counter must be durable, so the daemon alone consumes it.
  kRecoveryCodes = 3,  // The user's list of single-use codes, also the daemon's alone.
};
std::optional<DeviceKind> DeviceKindFromStored(std::uint8_t value);
// "TOTP", "HOTP", "RECOVERY_CODES", and back.
std::string_view NameOf(DeviceKind kind);
std::optional<DeviceKind> DeviceKindNamed(std::string_view name);

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

// The largest count of steps by which a TOTP device's clock may differ from ours (twelve and a half
// hours with steps of 30 seconds, as pam_google_authenticator has it).
inline constexpr int kMaxSkew = 1500;

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

// The same two by the clock of a device that is `skew` steps ahead of ours (below 0: behind it).
TimeStep SkewedStepAt(WallTime time, std::chrono::seconds interval, int skew);
WallTime StartOfSkewed(TimeStep step, std::chrono::seconds interval, int skew);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_OTP_OTP_PARAMETERS_H_
