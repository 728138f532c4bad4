#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_BIRTH_RULE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_BIRTH_RULE_H_

#include <chrono>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "helperd/twofactord/livestore/publisher.h"
#include "helperd/twofactord/vault/vault.h"

namespace twofactor {

// How often the daemon notes the latest wall time in the vault while codes are used. A use that it
// did not note yet is younger than this.
inline constexpr std::chrono::seconds kNotePeriod{5};
// And how often while none are.
inline constexpr std::chrono::seconds kQuietNotePeriod{60};

// The birth rule with what the vault remembers: a birth is never before the latest wall time that
// the daemon saw, so a clock that came back earlier does not reopen the past; and a window that was
// wider then counts.
class VaultBirthRule final : public BirthRule {
 public:
  VaultBirthRule(const Clock& clock, WallTime latest_seen, int window,
                 std::vector<FormerWindow> former)
      : clock_(clock), latest_seen_(latest_seen), window_(window), former_(std::move(former)) {}

  WallTime Birth() const override;
  TimeStep FirstStep(WallTime birth, std::chrono::seconds interval) const override;

 private:
  const Clock& clock_;
  WallTime latest_seen_;
  int window_;
  std::vector<FormerWindow> former_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_BIRTH_RULE_H_
