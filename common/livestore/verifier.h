#ifndef TWOFACTOR_COMMON_LIVESTORE_VERIFIER_H_
#define TWOFACTOR_COMMON_LIVESTORE_VERIFIER_H_

#include <chrono>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/livestore/reader.h"

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
  kDisabled,    // The administrator switched the second factor off (for all logins, or for this
                // service).
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
};

// The names of the two enums as the daemon's answers carry them: "configured", "granted",
// "before_birth", …
std::string_view NameOf(FactorState state);
std::string_view NameOf(VerifyOutcome outcome);
std::optional<FactorState> FactorStateNamed(std::string_view name);
std::optional<VerifyOutcome> VerifyOutcomeNamed(std::string_view name);

// What logins of `service` (a PAM service name, or empty for none) do for this account. Fails as
// FindDevice and ReadSettings do.
Result<FactorState> ReadFactorState(const LiveStoreReader& store, const Account& account,
                                    std::string_view service);

// How many digits the account's codes have; the usual number where it has no factor. Same failures.
Result<int> ReadDigits(const LiveStoreReader& store, const Account& account);

// Verifies `code` for the account and consumes its step: kGranted goes to at most one caller for
// one code. A try is charged before the code is compared. Takes the same time for an account
// without a factor. `window` narrows the administrator's and cannot widen it, because the birth
// rule counts on the administrator's; below 0 it is the administrator's.
//
// Fails with kUnavailable where the store was replaced meanwhile or says that the daemon consumes,
// and as FindDevice and ReadSettings do; a failure is never a grant. Thread-safe between different
// `store` objects.
Result<Verification> VerifyCode(LiveStoreReader& store, const Account& account,
                                const SecretBytes& code, const Clock& clock, int window = -1);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_VERIFIER_H_
