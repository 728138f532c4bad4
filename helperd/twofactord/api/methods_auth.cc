#include "common/otp/code.h"
#include "helperd/twofactord/api/audit.h"
#include "helperd/twofactord/api/audit_reason.h"
#include "helperd/twofactord/api/entry_versions.h"
#include "helperd/twofactord/api/methods.h"

namespace twofactor::methods {
namespace {

using nlohmann::json;

constexpr const char* kTokenMechanism = "OTP_TOKEN";

// Of passwords, keys and the like, which are not looked at.
Error NoLogin() {
  return Error(
      ErrorCode::kNotPermitted,
      "only codes are accepted (OTP_TOKEN); the kernel tells the daemon who the caller is");
}

// What kind of account the caller's is, in TrueNAS' words.
json AttributesOf(Call& call, bool configured) {
  json attributes = json::array({call.caller_session().is_local() ? "LOCAL" : "DIRECTORY"});
  if (call.caller().uid() == 0) {
    attributes.push_back("SYS_ADMIN");
  }
  if (configured) {
    attributes.push_back("2FA");
  }
  return attributes;
}

// What auth.me says of the caller.
Result<json> Describe(Call& call) {
  CallerSession& session = call.caller_session();
  PasswdEntry unnamed;
  unnamed.uid = call.caller().uid();
  const PasswdEntry entry = session.entry().value_or(unnamed);
  std::optional<DeviceState> device;
  bool proved = false;
  if (const auto account = session.own_account()) {
    const auto found = call.services.store.ReadDevice(*account);
    const auto holds =
        call.services.store.HoldsGeneration(*account, session.proved_generation().value_or(0));
    if (!found || !holds) {
      return Fail(found ? holds.error() : found.error());
    }
    device = *found;
    proved = *holds;
  }
  const std::vector<std::string> roles = call.caller().roles().Names();
  const bool full_admin = call.caller().roles().full_admin;
  return json{{"pw_name", session.entry() ? json(entry.name) : json()},
              {"pw_uid", entry.uid},
              {"pw_gid", session.entry() ? entry.gid : call.session->peer.gid},
              {"pw_gecos", entry.gecos},
              {"pw_dir", entry.dir},
              {"pw_shell", entry.shell},
              {"grouplist", session.groups()},
              {"local", session.is_local()},
              {"source", session.is_local() ? "LOCAL" : "LDAP"},
              {"sid", nullptr},
              {"attributes", json::object()},
              {"account_attributes", AttributesOf(call, device.has_value())},
              {"privilege",
               {{"roles", roles},
                {"allowlist",
                 full_admin ? json::array({{{"method", "*"}, {"resource", "*"}}}) : json::array()},
                {"web_shell", false},
                {"webui_access", false}}},
              {"roles", roles},
              {"two_factor_config", TwofactorConfig(device)},
              {"authenticated", !device || proved}};
}

json Success(Call& call, json user_info) {
  json answer = {{"response_type", "SUCCESS"},
                 {"user_info", std::move(user_info)},
                 {"authenticator", "LEVEL_1"}};
  FitToVersion(VersionedObject::kLogin, call.session->version, answer);
  return answer;
}

bool WantsUserInfo(const json& login) {
  return login.value("login_options", json::object()).value("user_info", true);
}

void LoginWithToken(const CallPtr& call, const OwnPermit& permit) {
  if (!permit) {
    call->Answer({{"response_type", "AUTH_ERR"}});
    return;
  }
  call->target = permit->target().name.text();
  const auto typed = TypedCode::Parse(call->params[0]["otp_token"].get_ref<const std::string&>());
  call->services.store.Verify(
      *permit, typed, {}, [call, permit = *permit](const Result<Verification>& verification) {
        if (!verification) {
          call->Refuse(verification.error());
          return;
        }
        StateAttempt(*call, *verification);
        if (verification->outcome != VerifyOutcome::kGranted) {
          call->Answer({{"response_type", "AUTH_ERR"}});
          return;
        }
        call->caller_session().SetProof(permit, *verification,
                                        call->services.store.Watch(permit.target().name));
        auto described = WantsUserInfo(call->params[0]) ? Describe(*call) : Result<json>(json());
        if (!described) {
          call->Refuse(described.error());
          return;
        }
        call->Answer(Success(*call, std::move(*described)));
      });
}

}  // namespace

void Me(const CallPtr& call) { call->reply(Describe(*call)); }

void LoginExContinue(const CallPtr& call, const OwnPermit& permit) { LoginWithToken(call, permit); }

void LoginEx(const CallPtr& call, const OwnPermit& permit) {
  const auto& mechanism = call->params[0]["mechanism"].get_ref<const std::string&>();
  if (mechanism == kTokenMechanism) {
    LoginWithToken(call, permit);
    return;
  }
  const Error denied = NoLogin();
  call->outcome = OutcomeOf(&denied);
  call->reason = mechanism;
  call->Answer({{"response_type", "DENIED"}, {"reason", denied.message()}});
}

void MechanismChoices(const CallPtr& call) { call->Answer(json::array({kTokenMechanism})); }

void Logout(const CallPtr& call) {
  call->caller_session().Logout();
  call->Answer(true);
}

}  // namespace twofactor::methods
