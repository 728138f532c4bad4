#include "common/otp/code.h"
#include "helperd/twofactord/api/audit_reason.h"
#include "helperd/twofactord/api/methods.h"

namespace twofactor::methods {
namespace {

void Remove(const CallPtr& call, const Username& name) {
  const auto permit = PermitAdministration(call->caller());
  if (!permit) {
    call->Refuse(permit.error());
    return;
  }
  call->target = name.text();
  call->services.store.Remove(*permit, name, [call](const Result<bool>& removed) {
    if (!removed) {
      call->Refuse(removed.error());
      return;
    }
    call->Answer(nullptr);
  });
}

void Verify(const CallPtr& call, const Account& account) {
  const auto permit =
      PermitVerification(call->caller(), account, call->services.config.verify.trusted_uids);
  if (!permit) {
    call->Refuse(permit.error());
    return;
  }
  if (call->params.size() < 2 || call->params[1].is_null()) {
    call->outcome = "wrong";
    call->reason = "no code was given";
    call->Answer(false);
    return;
  }
  const auto typed = TypedCode::Parse(call->params[1].get_ref<const std::string&>());
  call->services.store.Verify(
      *permit, typed, {}, [call, account](const Result<Verification>& verification) {
        if (!verification) {
          call->Refuse(verification.error());
          return;
        }
        StateAttempt(*call, *verification);
        const bool granted = verification->outcome == VerifyOutcome::kGranted;
        if (granted && account.uid == call->caller().uid) {
          call->caller_session().SetProof(verification->generation,
                                          call->services.store.Watch(account.name));
        }
        call->Answer(granted);
      });
}

}  // namespace

void UnsetSecret(const CallPtr& call) {
  const auto& given = call->params[0].get_ref<const std::string&>();
  call->services.accounts.FindUser(
      call->asker(), given, [call, given](const Result<PasswdEntry>& entry) {
        // A user whom the system no longer knows may still have a factor here.
        const bool gone = !entry && entry.error().code() == ErrorCode::kNoSuchUser;
        if (!entry && !gone) {
          call->Refuse(entry.error());
          return;
        }
        const auto name = Username::Parse(gone ? given : entry->name);
        if (!name) {
          call->Refuse(Error(ErrorCode::kNoSuchUser, "there is no such user"));
          return;
        }
        const auto known = call->services.store.HasRecord(*name);
        if (gone && (!known || !*known)) {
          call->Refuse(entry.error());
          return;
        }
        Remove(call, *name);
      });
}

void UserTwofactorConfig(const CallPtr& call) {
  ResolveAccount(call, call->params[0].get<std::string>(), [call](const Account& account) {
    const auto device = call->services.store.ReadDevice(account);
    if (!device) {
      call->Refuse(device.error());
      return;
    }
    call->Answer(TwofactorConfig(*device));
  });
}

void VerifyToken(const CallPtr& call) {
  ResolveAccountToVerify(call, call->params[0].get<std::string>(),
                         [call](const Account& account) { Verify(call, account); });
}

void ShellChoices(const CallPtr& call) {
  call->services.accounts.ListShells(
      call->asker(), [call](Result<nlohmann::json> shells) { call->reply(std::move(shells)); });
}

}  // namespace twofactor::methods
