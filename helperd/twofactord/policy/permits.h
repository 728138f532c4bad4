#ifndef TWOFACTOR_HELPERD_TWOFACTORD_POLICY_PERMITS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_POLICY_PERMITS_H_

#include <sys/types.h>

#include <optional>
#include <utility>

#include "common/livestore/verifier.h"

// Proofs that a caller may do something. What changes or uses a second factor takes one as a
// parameter. Only the policy makes them, for the gate, so a forgotten check does not compile
// (tests/unit/forgery).
namespace twofactor {

// May remove, import and export any user's second factor, suspend it for a while, clear its failed
// attempts, and change the settings of every login.
class AdministrationPermit {
 private:
  friend class Policy;
  friend class RootPermit;
  AdministrationPermit() = default;
};

// May do what only uid 0 can do anyway: read every secret (a backup) and the vault's key where it
// is kept, and set the clock. FULL_ADMIN may not: a user sees a secret that an administrator
// replaced, but not one that somebody copied.
class RootPermit final : public AdministrationPermit {
 private:
  friend class Policy;
  RootPermit() = default;
};

// May read how the target's codes are made, and what devices there are; never a secret.
class ViewPermit {
 public:
  const Account& target() const { return target_; }

 private:
  friend class Policy;
  explicit ViewPermit(Account target) : target_(std::move(target)) {}

  Account target_;
};

// May have codes of the target verified, which consumes them.
class VerificationPermit {
 public:
  const Account& target() const { return target_; }
  // Is the caller a program of the target's own uid? False for uid 0, whose programs run for
  // everybody.
  bool by_own_uid() const { return caller_ == target_.uid && caller_ != 0; }
  // May the caller say that a login comes from a process of the target's own uid?
  bool may_vouch_for_own_uid() const { return caller_ == target_.uid || caller_ == 0; }

 private:
  friend class Policy;
  friend class LoginPermit;
  VerificationPermit(Account target, uid_t caller) : target_(std::move(target)), caller_(caller) {}

  Account target_;
  uid_t caller_;
};

// For the caller's own codes; none for a uid without a name, which has no codes.
using OwnPermit = std::optional<VerificationPermit>;

// May also say that the target has just logged in, and from where: uid 0 for every application, a
// trusted uid for itself.
class LoginPermit final : public VerificationPermit {
 public:
  uid_t caller() const { return caller_; }

 private:
  friend class Policy;
  LoginPermit(Account target, uid_t caller)
      : VerificationPermit(std::move(target), caller), caller_(caller) {}

  uid_t caller_;
};

// May give the target a second factor.
class RenewalPermit {
 public:
  const Account& target() const { return target_; }
  // May it also change the second factor that the target has?
  bool may_replace() const { return terms_.may_replace; }
  // Is it the target who asks, and not somebody else?
  bool by_owner() const { return terms_.by_owner; }
  // Does a new secret count against the target's limit?
  bool is_limited() const { return terms_.is_limited; }

 private:
  friend class Policy;
  struct Terms {
    bool may_replace;
    bool by_owner;
    bool is_limited;
  };
  RenewalPermit(Account target, Terms terms) : target_(std::move(target)), terms_(terms) {}

  Account target_;
  Terms terms_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_POLICY_PERMITS_H_
