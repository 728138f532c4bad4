#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_GATE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_GATE_H_

#include "helperd/twofactord/api/method_table.h"
#include "helperd/twofactord/policy/policy.h"

namespace twofactor {

// Every call passes here on its way to its handler. The gate finds out who calls and which account
// the call is about, asks the policy for the permit of the method's access, and hands that to the
// handler. It refuses a call that gets none. Not synchronized.
class Gate {
 public:
  // Calls the method's handler, or answers the call. `method` must outlive the call.
  static void Pass(const Method& method, const CallPtr& call);

  // Makes the permit for a new secret once more, for a handler that has waited since: the proof may
  // have ended. Fails as Policy::Renewal does.
  static Result<RenewalPermit> PassAgain(Call& call, const RenewalPermit& permit);

 private:
  static void Admit(const Method& method, const CallPtr& call, const Caller& caller);
  // Of a method whose first parameter names its target.
  static void AdmitFor(const Account& target, const Method& method, const CallPtr& call);
  // Of a method whose first two parameters are its target's name and uid, which the application has
  // looked up. A record counts only if both are its own.
  static void AdmitNamed(const Method& method, const CallPtr& call, const Caller& caller);
  static Result<OwnPermit> Own(Call& call);
  static Result<RenewalPermit> Renewal(Access access, Call& call, const Account& target);
  static Result<RenewalPermit> FirstSecret(Call& call, const Caller& caller, const Account& target);
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_GATE_H_
