#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_PERMITS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_PERMITS_H_

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/livestore/verifier.h"

// The one place that decides who may do what (api.md, 'Who may do what'). What changes or uses a
// factor takes a permit as a parameter, and only the functions here make permits, so a forgotten
// check does not compile.
namespace twofactor {

// Who calls, as the kernel and NSS say. Nothing of it came in a request.
struct Caller {
  uid_t uid;
  bool full_admin;      // uid 0, or in one of full_admin_groups.
  bool readonly_admin;  // In one of readonly_admin_groups.

  std::vector<std::string> Roles() const;
};

// What is known of the second factor of a renewal's target at the moment of the call.
struct FactorProof {
  bool configured;     // The target has a secret.
  bool verified_here;  // A code of the current secret was verified on this connection, or it
                       // received that secret.
  // A bypass is on, and the configuration lets users get a new secret meanwhile.
  bool waived = false;
};

// May give `target` a factor. `may_replace`: also change the one that it has.
class RenewalPermit {
 public:
  const Account& target() const { return target_; }
  bool may_replace() const { return may_replace_; }
  // Is it for the caller's own factor?
  bool by_owner() const { return by_owner_; }

 private:
  friend Result<RenewalPermit> PermitRenewal(const Caller&, const Account&, FactorProof, bool);
  RenewalPermit(Account target, bool may_replace, bool by_owner)
      : target_(std::move(target)), may_replace_(may_replace), by_owner_(by_owner) {}

  Account target_;
  bool may_replace_;
  bool by_owner_;
};

// May take away, import and export any user's factor, switch it off for a while, and let it be
// tried again.
class AdministrationPermit {
 private:
  friend Result<AdministrationPermit> PermitAdministration(const Caller&);
  AdministrationPermit() = default;
};

// May have codes of `target` verified, which consumes them.
class VerificationPermit {
 public:
  const Account& target() const { return target_; }
  // Has the calling process the target's uid? Not of uid 0, which programs have for everybody.
  bool by_own_uid() const { return by_own_uid_; }

 private:
  friend Result<VerificationPermit> PermitVerification(const Caller&, const Account&,
                                                       const std::vector<uid_t>&);
  VerificationPermit(Account target, bool by_own_uid)
      : target_(std::move(target)), by_own_uid_(by_own_uid) {}

  Account target_;
  bool by_own_uid_;
};

// May take everybody's secrets to another machine, in a sealed backup, and bring them back.
class BackupPermit {
 private:
  friend Result<BackupPermit> PermitBackup(const Caller&);
  BackupPermit() = default;
};

// May change the key of the vault, and so learns it.
class RekeyPermit {
 private:
  friend Result<RekeyPermit> PermitRekey(const Caller&);
  RekeyPermit() = default;
};

// May have codes accepted again that were used while the clock was ahead.
class ClockPermit {
 private:
  friend Result<ClockPermit> PermitClock(const Caller&);
  ClockPermit() = default;
};

// May change the settings of every login.
class SettingsPermit {
 private:
  friend Result<SettingsPermit> PermitSettings(const Caller&);
  SettingsPermit() = default;
};

// Each fails with kNotPermitted, and PermitRenewal with kFactorRequired where only the proof is
// missing. `require_second_factor` is the configuration's.
Result<RenewalPermit> PermitRenewal(const Caller& caller, const Account& target, FactorProof proof,
                                    bool require_second_factor);
Result<AdministrationPermit> PermitAdministration(const Caller& caller);
Result<VerificationPermit> PermitVerification(const Caller& caller, const Account& target,
                                              const std::vector<uid_t>& trusted_uids);
Result<SettingsPermit> PermitSettings(const Caller& caller);
// uid 0 alone: FULL_ADMIN may give anybody another factor, which everybody sees, but not have the
// ones that they use.
Result<BackupPermit> PermitBackup(const Caller& caller);
// uid 0 alone, who may read the key where it is kept.
Result<RekeyPermit> PermitRekey(const Caller& caller);
// uid 0 alone, who may set the clock.
Result<ClockPermit> PermitClock(const Caller& caller);

// Whether the caller may learn that a user exists and what its entry says.
bool MaySeeUser(const Caller& caller, uid_t target);
// Whether the caller may read what concerns all users.
bool MaySeeAll(const Caller& caller);
// Whether the caller may see the password hashes of this uid. Those of uid 0 are root's own:
// whoever could guess from them would be more than FULL_ADMIN.
inline bool MaySeeHashes(const Caller& caller, uid_t target) {
  return caller.full_admin && (target != 0 || caller.uid == 0);
}

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_PERMITS_H_
