#include "common/otp/code.h"
#include "helperd/twofactord/api/audit_reason.h"
#include "helperd/twofactord/api/methods.h"

namespace twofactor::methods {

void UnsetSecret(const CallPtr& call, const AdministrationPermit& permit) {
  const auto& given = call->params[0].get_ref<const std::string&>();
  call->services.accounts.FindUser(
      call->asker(), given, [call, permit, given](const Result<PasswdEntry>& entry) {
        // The vault may still keep a second factor of a user that the system no longer knows.
        const bool gone = !entry && entry.error().code() == ErrorCode::kNoSuchUser;
        if (!entry && !gone) {
          call->Refuse(entry.error());
          return;
        }
        const auto name = Username::Parse(gone ? given : entry->name);
        if (!name) {
          call->Refuse(Error(ErrorCode::kNoSuchUser, "no such user"));
          return;
        }
        const auto known = call->services.store.HasRecord(*name);
        if (gone && (!known || !*known)) {
          call->Refuse(entry.error());
          return;
        }
        call->target = name->text();
        call->services.store.Remove(
            permit, *name, AnswerWith(call, [](bool /*removed*/) { return nlohmann::json(); }));
      });
}

void UserTwofactorConfig(const CallPtr& call, const ViewPermit& permit) {
  call->reply(call->services.store.ReadDevice(permit.target()).map(TwofactorConfig));
}

void VerifyToken(const CallPtr& call, const VerificationPermit& permit) {
  if (call->params.size() < 2 || call->params[1].is_null()) {
    call->outcome = "wrong";
    call->reason = "no code was given";
    call->Answer(false);
    return;
  }
  const auto typed = TypedCode::Parse(call->params[1].get_ref<const std::string&>());
  call->services.store.Verify(
      permit, typed, {}, [call, permit](const Result<Verification>& verification) {
        if (!verification) {
          call->Refuse(verification.error());
          return;
        }
        StateAttempt(*call, *verification);
        call->caller_session().SetProof(permit, *verification,
                                        call->services.store.Watch(permit.target().name));
        call->Answer(verification->outcome == VerifyOutcome::kGranted);
      });
}

void ShellChoices(const CallPtr& call) {
  call->services.accounts.ListShells(call->asker(), AnswerWith(call));
}

}  // namespace twofactor::methods
