#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_BIRTH_RULE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_BIRTH_RULE_H_

#include <chrono>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "helperd/twofactord/livestore/publisher.h"
#include "helperd/twofactord/vault/vault.h"

namespace twofactor {

// The birth rule with what the vault remembers: an epoch begins at the present, and a window that
// was wider until just now counts. A clock reading of the past that lies ahead of the present was
// wrong, or the present is: either way it closes nothing. What was used then is noted with its
// device (Vault::NoteUses).
class VaultBirthRule final : public BirthRule {
 public:
  VaultBirthRule(const Clock& clock, int window, std::vector<FormerWindow> former)
      : clock_(clock), window_(window), former_(std::move(former)) {}

  WallTime Birth() const override { return clock_.Wall(); }
  TimeStep FirstStep(WallTime birth, std::chrono::seconds interval) const override;

 private:
  const Clock& clock_;
  int window_;
  std::vector<FormerWindow> former_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_BIRTH_RULE_H_
