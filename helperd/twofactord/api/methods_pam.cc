#include <utility>

#include "helperd/twofactord/api/audit_reason.h"
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

// What pam.verify and pam.consume take behind the service.
constexpr std::size_t kTokens = 3;
constexpr std::size_t kLearnSkew = 4;
constexpr std::size_t kVerifyOptions = 5;

// Where the login comes from, as far as this application is believed: a process of another uid than
// the user's is none of the user's own.
std::string OriginFrom(const Call& call, const nlohmann::json& options) {
  std::string origin = options.value("origin", std::string());
  const uid_t peer = call.session->peer.uid;
  const bool believed = peer == 0 || peer == call.params[1].get<uid_t>();
  return origin == kOwnUidOrigin && !believed ? std::string() : origin;
}

// How the login's line wants it. What the application leaves out is the administrator's.
HowToVerify HowFrom(const Call& call) {
  HowToVerify how{.learn_skew = call.params[kLearnSkew].get<bool>()};
  if (call.params.size() > kVerifyOptions) {
    const auto& options = call.params[kVerifyOptions];
    how.window = options.value("window", how.window);
    how.digits = options.value("otp_digits", how.digits);
    how.origin = OriginFrom(call, options);
    how.charged = options.value("charged", how.charged);
  }
  return how;
}

// What was typed, as the host took it apart. A recovery code of digits alone is none of a device
// where the line says how many digits those have.
TypedCode TypedFrom(const nlohmann::json& tokens, const HowToVerify& how) {
  TypedCode typed;
  for (const auto& token : tokens) {
    const auto& text = token.get_ref<const std::string&>();
    SecretBytes code = ParseCode(text);
    if (how.digits == 0 || code.size() == static_cast<std::size_t>(how.digits)) {
      typed.Add(std::move(code));
    }
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
  StateAttempt(*call, *verification);
  const auto& left = verification->recovery_codes_left;
  call->Answer({{"outcome", NameOf(verification->outcome)},
                {"wait", verification->wait.count()},
                {"digits", verification->digits},
                {"generation", verification->generation},
                {"recovery_codes_left", left ? nlohmann::json(*left) : nlohmann::json()},
                {"known_origin", verification->origin.budget == Budget::kKnown},
                {"charged", verification->charged}});
}

// An application that is not root is not believed on what its login was charged, only on whether
// this is the same login's second answer: what it was charged is remembered here, for one more.
void LimitToCharged(Call& call, const Account& account, HowToVerify& how) {
  if (call.session->peer.uid != 0) {
    how.charged &= call.caller_session().TakeCharged(account);
  }
}

void RememberCharged(Call& call, const Account& account, DeviceSet before,
                     const Result<Verification>& verification) {
  if (verification) {
    call.caller_session().SetCharged(account, verification->charged & ~before);
  }
}

// A login through an application that may verify for others makes its origin a known one. What a
// program of the user's own says of others' hosts does not.
void NoteGrant(const CallPtr& call, const VerificationPermit& permit, const std::string& origin,
               const Result<Verification>& verification) {
  const bool granted = verification && verification->outcome == VerifyOutcome::kGranted;
  if (granted && !permit.by_own_uid() && verification->origin.to_be_noted) {
    call->services.store.NoteOrigin(permit, origin, [](const Result<void>&) {});
  }
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
  HowToVerify how = HowFrom(*call);
  LimitToCharged(*call, permit->target(), how);
  call->services.store.Verify(
      *permit, TypedFrom(call->params[kTokens], how), how,
      [call, permit = *permit, how](const Result<Verification>& verification) {
        RememberCharged(*call, permit.target(), how.charged, verification);
        AnswerVerification(call, verification);
        NoteGrant(call, permit, how.origin, verification);
      });
}

void PamConsume(const CallPtr& call) {
  const auto permit = PermitHost(*call);
  // Others than root cannot have looked into the live store before.
  if (!permit || call->session->peer.uid != 0) {
    call->Refuse(permit ? Error(ErrorCode::kNotPermitted, "this is for hosts that run as root")
                        : permit.error());
    return;
  }
  const HowToVerify how = HowFrom(*call);
  call->services.store.VerifyConsumed(
      *permit, TypedFrom(call->params[kTokens], how), how,
      [call](const Result<Verification>& verification) { AnswerVerification(call, verification); });
}

void PamNoteOrigin(const CallPtr& call) {
  const auto permit = PermitHost(*call);
  if (!permit || call->session->peer.uid != 0) {
    call->Refuse(permit ? Error(ErrorCode::kNotPermitted,
                                "only root's programs may say where a user logged in")
                        : permit.error());
    return;
  }
  // The login waits for the answer, and not for the disk.
  call->Answer(nullptr);
  call->services.store.NoteOrigin(*permit, call->params[2].get_ref<const std::string&>(),
                                  [](const Result<void>&) {});
}

}  // namespace twofactor::methods
