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

// What auth.me says of the caller.
Result<nlohmann::json> Describe(Call& call) {
  CallerSession& session = call.caller_session();
  PasswdEntry unnamed;
  unnamed.uid = call.caller().uid;
  const PasswdEntry entry = session.entry().value_or(unnamed);
  std::optional<DeviceState> device;
  bool proved = false;
  if (const auto account = OwnAccount(call)) {
    const auto found = call.services.store.ReadDevice(*account);
    const auto holds =
        call.services.store.HoldsGeneration(*account, session.proved_generation().value_or(0));
    if (!found || !holds) {
      return Fail(found ? holds.error() : found.error());
    }
    device = *found;
    proved = *holds;
  }
  return nlohmann::json{
      {"pw_name", session.entry() ? nlohmann::json(entry.name) : nlohmann::json()},
      {"pw_uid", entry.uid},
      {"pw_gid", session.entry() ? entry.gid : call.session->peer.gid},
      {"pw_gecos", entry.gecos},
      {"pw_dir", entry.dir},
      {"pw_shell", entry.shell},
      {"roles", call.caller().Roles()},
      {"two_factor_config", TwofactorConfig(device)},
      {"authenticated", !device || proved}};
}

}  // namespace

void Me(const CallPtr& call) { call->reply(Describe(*call)); }

void LoginExContinue(const CallPtr& call) {
  const auto account = OwnAccount(*call);
  if (!account) {
    call->Answer({{"response_type", "AUTH_ERR"}});
    return;
  }
  call->target = account->name.text();
  const auto permit = PermitVerification(call->caller(), *account, {});
  if (!permit) {
    call->Refuse(permit.error());
    return;
  }
  const auto typed = TypedCode::Parse(call->params[0]["otp_token"].get_ref<const std::string&>());
  call->services.store.Verify(
      *permit, typed, {}, [call, account = *account](const Result<Verification>& verification) {
        if (!verification) {
          call->Refuse(verification.error());
          return;
        }
        if (verification->outcome != VerifyOutcome::kGranted) {
          call->Answer({{"response_type", "AUTH_ERR"}});
          return;
        }
        call->caller_session().SetProof(verification->generation,
                                        call->services.store.Watch(account.name));
        auto described = Describe(*call);
        if (!described) {
          call->Refuse(described.error());
          return;
        }
        call->Answer({{"response_type", "SUCCESS"},
                      {"user_info", std::move(*described)},
                      {"authenticator", "LEVEL_1"}});
      });
}

}  // namespace twofactor::methods
