#include "common/otp/code.h"
#include "helperd/twofactord/api/methods.h"

// For the PAM module in hosts that cannot read the live store. The host looked the account up
// itself and names it with its uid, and a record counts only if both are its own; so nothing has to
// be looked up here, and a login waits for no directory.
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

}  // namespace

void PamState(const CallPtr& call) {
  const auto permit = PermitHost(*call);
  if (!permit) {
    call->Refuse(permit.error());
    return;
  }
  const FactorStore& store = call->services.store;
  const auto state =
      store.ReadState(permit->target(), call->params[2].get_ref<const std::string&>());
  const auto device = store.ReadDevice(permit->target());
  if (!state || !device) {
    call->Refuse(state ? device.error() : state.error());
    return;
  }
  const OtpParameters parameters = *device ? (*device)->parameters : OtpParameters{};
  call->Answer({{"state", NameOf(*state)}, {"digits", parameters.digits}});
}

void PamVerify(const CallPtr& call) {
  const auto permit = PermitHost(*call);
  if (!permit) {
    call->Refuse(permit.error());
    return;
  }
  const SecretBytes code = ParseCode(call->params[3].get_ref<const std::string&>());
  const auto verification = call->services.store.Verify(*permit, code);
  if (!verification) {
    call->Refuse(verification.error());
    return;
  }
  call->Answer({{"outcome", NameOf(verification->outcome)}, {"wait", verification->wait.count()}});
}

}  // namespace twofactor::methods
