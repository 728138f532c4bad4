#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_EQUAL_SECRETS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_EQUAL_SECRETS_H_

#include <chrono>
#include <cstddef>
#include <span>
#include <string>

#include "common/base/error.h"
#include "common/livestore/layout.h"
#include "common/otp/hotp.h"
#include "common/otp/otp_parameters.h"

// What becomes of devices of one user that have one secret, of which one may stay: a code of it
// would open a login by each of them.
namespace twofactor {

// One of them, and what was used of it.
struct EqualDevice {
  DeviceKind kind;
  OtpParameters parameters;
  TimeStep first_step = 0;  // TOTP: the first that is unused.
  HotpCounter counter = 0;  // HOTP: the next.
};

// The one that stays, and from where on its codes are unused: by all of them that count the same
// steps.
struct MergedDevice {
  std::size_t kept;  // Its place among them.
  TimeStep first_step;
  HotpCounter counter;
  // One of them counts other steps, so what it has used cannot be told in those of the one that
  // stays: it has a past of which not every use is known.
  bool has_past;
};

// The device that was used latest stays: a TOTP device by the time of its step; else the HOTP
// device with the higher counter; of those that nobody used, the first. `devices` is not empty. A
// pure function.
MergedDevice MergeEqualDevices(std::span<const EqualDevice> devices);

// True if their codes are the same at each moment.
bool HaveSameParameters(const EqualDevice& a, const EqualDevice& b);

// "device 'phone' has the same secret as device 'tablet'". Labels may be empty.
std::string SameSecretText(const std::string& label, const std::string& other_label);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_EQUAL_SECRETS_H_
