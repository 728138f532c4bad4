#include "common/otp/code.h"
#include "helperd/twofactord/api/methods.h"

namespace twofactor::methods {
namespace {

// The caller as an account with a factor of its own; none for a uid without a name.
std::optional<Account> OwnAccount(Call& call) {
  const auto& entry = call.caller_session().entry();
  if (!entry) {
    return std::nullopt;
  }
  auto name = Username::Parse(entry->name);
  if (!name) {
    return std::nullopt;
  }
  return Account{std::move(*name), entry->uid};
}

nlohmann::json Describe(Call& call, const std::optional<DeviceState>& device) {
  CallerSession& session = call.caller_session();
  PasswdEntry unnamed;
  unnamed.uid = call.caller().uid;
  const PasswdEntry entry = session.entry().value_or(unnamed);
  const bool authenticated = !device || session.ProvedGeneration(device->generation);
  return {{"pw_name", session.entry() ? nlohmann::json(entry.name) : nlohmann::json()},
          {"pw_uid", entry.uid},
          {"pw_gid", session.entry() ? entry.gid : call.session->peer.gid},
          {"pw_gecos", entry.gecos},
          {"pw_dir", entry.dir},
          {"pw_shell", entry.shell},
          {"roles", call.caller().Roles()},
          {"two_factor_config", TwofactorConfig(device)},
          {"authenticated", authenticated}};
}

Result<std::optional<DeviceState>> OwnDevice(Call& call) {
  const auto account = OwnAccount(call);
  return account ? call.services.store.ReadDevice(*account)
                 : Result<std::optional<DeviceState>>(std::nullopt);
}

}  // namespace

void Me(const CallPtr& call) {
  const auto device = OwnDevice(*call);
  if (!device) {
    call->Refuse(device.error());
    return;
  }
  call->Answer(Describe(*call, *device));
}

void LoginExContinue(const CallPtr& call) {
  const auto account = OwnAccount(*call);
  if (!account) {
    call->Answer({{"response_type", "AUTH_ERR"}});
    return;
  }
  call->target = account->name.text();
  const auto device = call->services.store.ReadDevice(*account);
  const auto permit = PermitVerification(call->caller(), *account, {});
  if (!device || !permit) {
    call->Refuse(device ? permit.error() : device.error());
    return;
  }
  const SecretBytes code = ParseCode(call->params[0]["otp_token"].get_ref<const std::string&>());
  const auto verification = call->services.store.Verify(*permit, code);
  if (!verification) {
    call->Refuse(verification.error());
    return;
  }
  if (verification->outcome != VerifyOutcome::kGranted || !*device) {
    call->Answer({{"response_type", "AUTH_ERR"}});
    return;
  }
  call->caller_session().SetProvedGeneration((*device)->generation);
  call->Answer({{"response_type", "SUCCESS"},
                {"user_info", Describe(*call, *device)},
                {"authenticator", "LEVEL_1"}});
}

}  // namespace twofactor::methods
