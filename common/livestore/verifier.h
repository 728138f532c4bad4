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

// Whom a code is for, as NSS names them. A record counts only if both are its own: a user who was
// deleted and made anew with another uid does not inherit the factor.
struct Account {
  Username name;
  uid_t uid;
};

// Whether logins of an account ask for a second factor.
enum class FactorState {
  kConfigured,  // Yes.
  kAbsent,      // The positive answer that this account has none.
  kDisabled,    // The administrator switched the second factor off (for all logins, for this
                // service, or for this user for a while: a bypass).
};

enum class VerifyOutcome {
  kGranted,      // The code is right, and this caller consumed it.
  kWrong,        // It is not a code of now, or of a dead secret.
  kReplayed,     // It was right, and was used before.
  kBeforeBirth,  // It is right, but may have been used before this machine's start: a fresh one is
                 // needed.
  kThrottled,    // After too many wrong codes; the code was not looked at.
  kNoFactor,     // The account has none, so no code is right.
};

struct Verification {
  VerifyOutcome outcome;
  // kBeforeBirth, kThrottled: how long until a code is accepted.
  std::chrono::seconds wait{0};
  // kWrong: did a device compare the code?
  bool looked = false;
  // Not a grant: might a device that the daemon consumes for have taken it?
  bool could_be_daemons = false;
  // Of the device whose code it is, for a right code.
  std::uint32_t generation = 0;
  int digits = 0;
  // Where a recovery code was used: how many are left.
  std::optional<std::uint64_t> recovery_codes_left = std::nullopt;
  // What the origin of this attempt is to the account.
  OriginStanding origin = {};
};

// The names of the two enums as the daemon's answers carry them: "configured", "granted",
// "before_birth", …
std::string_view NameOf(FactorState state);
std::string_view NameOf(VerifyOutcome outcome);
std::optional<FactorState> FactorStateNamed(std::string_view name);
std::optional<VerifyOutcome> VerifyOutcomeNamed(std::string_view name);

// What logins of `service` (a PAM service name, or empty for none) do for this account. Fails as
// FindDevices and ReadSettings do.
Result<FactorState> ReadFactorState(LiveStoreReader& store, const Account& account,
                                    std::string_view service, const Clock& clock);

// The account's own devices, by ordinal. Fails as FindDevices does.
Result<std::vector<DeviceRecord>> FindOwnDevices(LiveStoreReader& store, const Account& account);

// What a host must know before it asks for a code, from one look at the account's records.
struct FactorView {
  FactorState state;
  // Of the account's codes, each number once; the usual one where it has no factor.
  std::vector<int> digits;
  // kDisabled by a bypass: until when.
  std::optional<WallTime> off_until = std::nullopt;
};
// Same failures.
Result<FactorView> ReadFactor(LiveStoreReader& store, const Account& account,
                              std::string_view service, const Clock& clock);

// The window of HowToVerify that is the administrator's.
inline constexpr int kSettingsWindow = -1;

// How a code is to be verified, as the line of the login says; the same whether the store is looked
// into here or the daemon is asked. A line can narrow what the administrator allows, never widen
// it, because the birth rule counts on the administrator's window.
struct HowToVerify {
  int window = kSettingsWindow;  // Steps before and after the current one, if that is less.
  int digits = 0;                // Of every code; 0: as many as the account's have.
  bool learn_skew = true;        // May wrong codes tell of a clock that is wrong?
  // Where the login comes from (origin.h), which decides which of a device's budgets is charged.
  // Empty: not known.
  std::string origin = {};
};

// Verifies what was typed for the account's TOTP devices and consumes its step: kGranted goes to at
// most one caller for one code. A try is charged to each device before its code is compared, unless
// no code is as long as its codes are. A grant clears the budget of its origin alone. Takes the
// same time for an account without a factor, and for any origin. What the daemon alone consumes is
// not looked at (see NeedsDaemon).
//
// Fails with kUnavailable where the store was replaced meanwhile or says that the daemon consumes,
// and as FindDevices and ReadSettings do; a failure is never a grant. Thread-safe between different
// `store` objects.
Result<Verification> VerifyCode(LiveStoreReader& store, const Account& account,
                                const TypedCode& typed, const Clock& clock,
                                const HowToVerify& how = {});

// What `origin` is to the account of these records: kOwnUidOrigin is known to everybody.
OriginStanding FindStanding(const LiveStoreReader& store, const std::vector<DeviceRecord>& records,
                            const Username& name, std::string_view origin,
                            const ThrottlePolicy& policy, WallTime now);

// Must a try that ended with `verification` be shown to the daemon, which consumes HOTP and
// recovery codes and learns clock skews? Depends on the settings and on the form of what was typed,
// never on the account. A pure function.
bool NeedsDaemon(const LoginSettings& settings, const Verification& verification,
                 const TypedCode& typed);

// What both of them come to: `here` as VerifyCode gave it, `consumed` as the daemon did; the origin
// is that of `here`. A pure function.
Verification Stronger(const Verification& here, const Verification& consumed);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_VERIFIER_H_
