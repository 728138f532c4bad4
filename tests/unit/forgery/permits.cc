// Each No… is an attempt to forge a caller or a permit, and must not compile. What is outside of
// them is what an honest handler does, and must.
#include "helperd/twofactord/factor/grace.h"
#include "helperd/twofactord/policy/policy.h"

namespace twofactor {

void ChangeSettings(const AdministrationPermit& permit);
void BackUp(const RootPermit& permit);

void Handle(const Caller& caller, const Account& account, const RootPermit& root,
            const LoginPermit& login, Grace& grace) {
  BackUp(root);
  ChangeSettings(root);
  grace.Note(login, UnchangedFactor(), "host:a", BootTime());
  static_cast<void>(caller.MaySee(account.uid));
#if defined(NoCallerOfParts)
  Caller(PeerCredentials{1, 0, 0}, Roles{true, true});
#elif defined(NoCallerOfBraces)
  const Caller forged = {.uid = 0, .full_admin = true, .readonly_admin = false};
#elif defined(NoCallerOfNothing)
  const Caller forged;
#elif defined(NoAdministrationPermit)
  ChangeSettings(AdministrationPermit());
#elif defined(NoRootPermit)
  BackUp(RootPermit());
#elif defined(NoRootPermitOfBraces)
  BackUp({});
#elif defined(NoViewPermit)
  ViewPermit{account};
#elif defined(NoVerificationPermit)
  VerificationPermit(account, 0);
#elif defined(NoOwnPermit)
  OwnPermit(std::in_place, account, 0);
#elif defined(NoLoginPermit)
  LoginPermit(account, 0);
#elif defined(NoRenewalPermit)
  RenewalPermit(account, {true, true, false});
#elif defined(NoDerivedPermit)
  struct Forged : AdministrationPermit {};
  ChangeSettings(Forged());
#elif defined(NoPolicy)
  static_cast<void>(Policy::Root(caller));
#elif defined(NoGraceWithoutPermit)
  grace.Note(account, UnchangedFactor(), "host:a", BootTime());
#endif
}

}  // namespace twofactor
