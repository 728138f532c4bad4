// The same of what a handler could do to its session.
#include "helperd/twofactord/api/caller_session.h"

namespace twofactor {

void Handle(Session& session, const VerificationPermit& permit, const Verification& verification) {
  CallerSession::Of(session).SetProof(permit, verification, UnchangedFactor());
#if defined(NoAnotherPeer)
  session.peer.uid = 0;
#elif defined(NoOtherGroups)
  session.groups.push_back(0);
#elif defined(NoProofWithoutPermit)
  CallerSession::Of(session).SetProof(verification.generation, UnchangedFactor());
#endif
}

}  // namespace twofactor
