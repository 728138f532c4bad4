#ifndef TWOFACTOR_COMMON_LIVESTORE_VERIFIER_H_
#define TWOFACTOR_COMMON_LIVESTORE_VERIFIER_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/livestore/origin.h"
#include "common/livestore/reader.h"
#include "common/livestore/throttle.h"
#include "common/otp/code.h"

namespace twofactor {

// The account that a code is for, as NSS names it. A record counts only if both match: a user who
// was deleted and created again with another uid does not inherit the second factor.
struct Account {
  Username name;
  uid_t uid;
};

// Whether logins of an account ask for a code.
enum class FactorState {
  kConfigured,  // They do.
  kAbsent,      // The account definitely has no second factor.
  kDisabled,    // The administrator turned the second factor off (for all logins, for this
                // service, or for this user for a while: a bypass).
};

// Devices of one account: a bit each, by ordinal; the last one is the recovery codes'.
using DeviceSet = std::uint32_t;

enum class VerifyOutcome {
  kGranted,      // The code is right, and this caller consumed it.
  kWrong,        // It is not a present code, or its secret was revoked.
  kReplayed,     // It is right, but was used before.
  kBeforeBirth,  // It is right, but may have been used before this machine started: a fresh one
                 // is needed.
  kThrottled,    // Too many wrong codes; the code was not checked.
  kNoFactor,     // The account has no second factor, so no code is right.
};

struct Verification {
  VerifyOutcome outcome;
  // kBeforeBirth, kThrottled: how long until a code is accepted.
  std::chrono::seconds wait{0};
  // kWrong: whether a device compared the code.
  bool looked = false;
  // True if the daemon might still accept this code (HOTP or recovery).
  bool could_be_daemons = false;
  // Of the device that the code belongs to, for a right code.
  std::uint32_t generation = 0;
  int digits = 0;
  // If a recovery code was used: how many are left.
  std::optional<std::uint64_t> recovery_codes_left = std::nullopt;
  // Whether the origin of this attempt is known.
  OriginStanding origin = {};
  // The devices that this attempt was charged to, and still is.
  DeviceSet charged = 0;
};

// Return the names of the two enums in the daemon's answers: "configured", "granted",
// "before_birth", …, and the reverse.
std::string_view NameOf(FactorState state);
std::string_view NameOf(VerifyOutcome outcome);
std::optional<FactorState> FactorStateNamed(std::string_view name);
std::optional<VerifyOutcome> VerifyOutcomeNamed(std::string_view name);

// Returns what logins of `service` (a PAM service name, or empty for none) do for this account.
// Fails like FindDevices and ReadSettings.
Result<FactorState> ReadFactorState(LiveStoreReader& store, const Account& account,
                                    std::string_view service, const Clock& clock);

// Returns the account's own devices, by ordinal. Fails like FindDevices.
Result<std::vector<DeviceRecord>> FindOwnDevices(LiveStoreReader& store, const Account& account);

// What an application must know before it asks for a code, from one look at the account's records.
struct FactorView {
  FactorState state;
  // The lengths of the account's codes, each once; the default length if it has no second factor.
  std::vector<int> digits;
  // kDisabled by a bypass: its end.
  std::optional<WallTime> off_until = std::nullopt;
};
// Returns the view. Fails like ReadFactorState.
Result<FactorView> ReadFactor(LiveStoreReader& store, const Account& account,
                              std::string_view service, const Clock& clock);

// The value of HowToVerify::window for the administrator's setting.
inline constexpr int kSettingsWindow = -1;

// How to verify a code, from the options of the PAM line; the same whether the module reads the
// store or asks the daemon. A line can narrow what the administrator allows, never widen it,
// because the epoch rule relies on the administrator's window.
struct HowToVerify {
  int window = kSettingsWindow;  // Steps before and after the current one, if less.
  int digits = 0;                // Of every code; 0: as many as the account's codes have.
  bool learn_skew = true;        // Whether to learn a clock skew from wrong codes.
  // The login's origin (origin.h), which decides which of a device's budgets is charged. Empty: not
  // known.
  std::string origin = {};
  // The devices that an earlier answer of the same login was charged to (`try_first_pass`): this
  // one is neither charged nor throttled there, so that a login is charged once.
  DeviceSet charged = 0;
};

// Returns the set of this device alone; empty for an ordinal that no device of a user has.
DeviceSet SetOf(const DeviceRecord& device);

// Verifies the typed code with the account's TOTP devices and consumes its step: at most one caller
// gets kGranted for one code. An attempt is charged to each device before its code is compared,
// unless no code has the length of its codes, or this login was charged there before. A grant
// clears only the budget of its origin. Takes the same time for an account without a second factor,
// and for any origin. Ignores what only the daemon consumes (see NeedsDaemon).
//
// Fails with kUnavailable if the store was replaced meanwhile or says that the daemon consumes, and
// like FindDevices and ReadSettings. A failure is never a grant. Thread-safe for different `store`
// objects.
Result<Verification> VerifyCode(LiveStoreReader& store, const Account& account,
                                const TypedCode& typed, const Clock& clock,
                                const HowToVerify& how = {});

// Returns whether `origin` is known for the account of these records. kOwnUidOrigin is known for
// everybody.
OriginStanding FindStanding(const LiveStoreReader& store, const std::vector<DeviceRecord>& records,
                            const Username& name, std::string_view origin,
                            const ThrottlePolicy& policy, WallTime now);

// Returns whether an attempt that ended with `verification` must be shown to the daemon, which
// consumes HOTP and recovery codes and learns clock skews. Depends on the settings and on the form
// of what was typed, never on the account. A pure function.
bool NeedsDaemon(const LoginSettings& settings, const Verification& verification,
                 const TypedCode& typed);

// Combines both results: `here` from VerifyCode, `consumed` from the daemon. The origin is that of
// `here`. A pure function.
Verification Stronger(const Verification& here, const Verification& consumed);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_VERIFIER_H_
