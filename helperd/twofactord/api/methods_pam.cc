#include "helperd/twofactord/api/methods.h"

// For the PAM module: in hosts that cannot read the live store, and for what the daemon alone
// consumes. The host looked the account up itself and names it with its uid, and a record counts
// only if both are its own; so nothing has to be looked up here, and a login waits for no
// directory.
namespace twofactor::methods {
namespace {

// Whom the kernel's word alone permits: root, the administrator's trusted uids, and everybody for
// themselves.
Result<VerificationPermit> PermitHost(Call& call) {
  auto name = Username::Parse(call.params[0].get_ref<const std::string&>());
  if (!name) {
    return Fail(Error::InvalidParams({{"username", name.error().message(), 22}}));
  }
  call.target = name->text();
  const uid_t peer = call.session->peer.uid;
  const Caller host{.uid = peer, .full_admin = peer == 0, .readonly_admin = false};
  return PermitVerification(host, Account{std::move(*name), call.params[1].get<uid_t>()},
                            call.services.config.verify.trusted_uids);
}

// What was typed, as the host took it apart.
TypedCode TypedFrom(const nlohmann::json& tokens) {
  TypedCode typed;
  for (const auto& token : tokens) {
    const auto& text = token.get_ref<const std::string&>();
    typed.Add(ParseCode(text));
    if (typed.recovery().empty()) {
      typed.SetRecovery(ParseRecoveryCode(text));
    }
  }
  return typed;
}

void AnswerVerification(const CallPtr& call, const Result<Verification>& verification) {
  if (!verification) {
    call->Refuse(verification.error());
    return;
  }
  const auto& left = verification->recovery_codes_left;
  call->Answer({{"outcome", NameOf(verification->outcome)},
                {"wait", verification->wait.count()},
                {"digits", verification->digits},
                {"recovery_codes_left", left ? nlohmann::json(*left) : nlohmann::json()}});
}

}  // namespace

void PamState(const CallPtr& call) {
  const auto permit = PermitHost(*call);
  if (!permit) {
    call->Refuse(permit.error());
    return;
  }
  const auto factor = call->services.store.ReadFactor(
      permit->target(), call->params[2].get_ref<const std::string&>());
  if (!factor) {
    call->Refuse(factor.error());
    return;
  }
  const auto& until = factor->off_until;
  call->Answer(
      {{"state", NameOf(factor->state)},
       {"digits", factor->digits},
       {"off_until", until ? nlohmann::json(until->time_since_epoch().count()) : nullptr}});
}

void PamVerify(const CallPtr& call) {
  const auto permit = PermitHost(*call);
  if (!permit) {
    call->Refuse(permit.error());
    return;
  }
  call->services.store.Verify(
      *permit, TypedFrom(call->params[3]), call->params[4].get<bool>(), kSettingsWindow,
      [call](const Result<Verification>& verification) { AnswerVerification(call, verification); });
}

void PamConsume(const CallPtr& call) {
  const auto permit = PermitHost(*call);
  // Others than root cannot have looked into the live store before.
  if (!permit || call->session->peer.uid != 0) {
    call->Refuse(permit ? Error(ErrorCode::kNotPermitted, "this is for hosts that run as root")
                        : permit.error());
    return;
  }
  call->services.store.VerifyConsumed(
      *permit, TypedFrom(call->params[3]), call->params[4].get<bool>(),
      [call](const Result<Verification>& verification) { AnswerVerification(call, verification); });
}

}  // namespace twofactor::methods
