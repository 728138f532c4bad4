#ifndef TWOFACTOR_HELPERD_TWOFACTORD_POLICY_POLICY_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_POLICY_POLICY_H_

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/twofactord/policy/caller.h"
#include "helperd/twofactord/policy/permits.h"

namespace twofactor {

// The one place that decides who may do what, and that makes permits. Pure. Only the gate asks it,
// because the facts that it decides on are the gate's to collect.
//
// Each function fails with kNotPermitted, Renewal and FirstSecret also with kFactorRequired.
class Policy {
 private:
  friend class Gate;

  // What is known of the target's second factor at the moment of the call.
  struct FactorProof {
    bool configured;     // The target has a secret.
    bool verified_here;  // This connection verified a code of it, or received the secret.
    bool waived;         // A bypass is on that lets users replace a lost secret.
    bool required;       // renewal.require_second_factor of twofactord.conf.
  };

  // Holds the caller one of the rule's roles, if it names any?
  static Result<void> CheckRoles(Access access, const Caller& caller);

  static Result<AdministrationPermit> Administration(const Caller& caller);
  static Result<RootPermit> Root(const Caller& caller);
  static Result<LoginPermit> Login(const Caller& caller, const Account& target);
  // The same, and `trusted` uids may say it for themselves.
  static Result<LoginPermit> Login(const Caller& caller, const Account& target,
                                   const std::vector<uid_t>& trusted);
  static Result<ViewPermit> View(const Caller& caller, const Account& target);
  static Result<VerificationPermit> Verification(const Caller& caller, const Account& target);
  // The same, and `trusted` uids may verify codes of every user.
  static Result<VerificationPermit> Verification(const Caller& caller, const Account& target,
                                                 const std::vector<uid_t>& trusted);
  static Result<RenewalPermit> Renewal(const Caller& caller, const Account& target,
                                       FactorProof proof);
  // A first secret at a login. Whatever the caller's rights are, it replaces nothing. `own_name` is
  // the name that NSS gives the caller: with a made-up one, a user would take another's place.
  static Result<RenewalPermit> FirstSecret(const Caller& caller,
                                           const std::optional<std::string>& own_name,
                                           const Account& target, bool configured);
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_POLICY_POLICY_H_
