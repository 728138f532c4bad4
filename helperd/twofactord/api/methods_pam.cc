#include <utility>

#include "helperd/twofactord/api/audit_reason.h"
#include "helperd/twofactord/api/methods.h"

// For the PAM module: in applications that cannot read the live store, and for what the daemon
// alone consumes. The application has looked up the account and names it with its uid, so a login
// waits for no directory here.
namespace twofactor::methods {
namespace {

// The parameters of pam.verify and pam.consume after the service.
constexpr std::size_t kTokens = 3;
constexpr std::size_t kLearnSkew = 4;
constexpr std::size_t kVerifyOptions = 5;

// The origin that the application names, unless that is one that it may not vouch for.
std::string OriginFrom(const VerificationPermit& permit, const nlohmann::json& options) {
  std::string origin = options.value("origin", std::string());
  return origin == kOwnUidOrigin && !permit.may_vouch_for_own_uid() ? std::string() : origin;
}

// The options of the login's line. The administrator's settings fill in what it leaves out.
HowToVerify HowFrom(const Call& call, const VerificationPermit& permit) {
  HowToVerify how{.learn_skew = call.params[kLearnSkew].get<bool>()};
  if (call.params.size() > kVerifyOptions) {
    const auto& options = call.params[kVerifyOptions];
    how.window = options.value("window", how.window);
    how.digits = options.value("otp_digits", how.digits);
    how.origin = OriginFrom(permit, options);
    how.charged = options.value("charged", how.charged);
  }
  return how;
}

// What was typed, as the application took it apart. If the line says how many digits a device's
// codes have, a recovery code of digits alone is not tried as one of them.
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

// Answers with what came of a code.
auto AnswerVerification(const CallPtr& call) {
  return AnswerWith(call, [call](const Verification& verification) {
    StateAttempt(*call, verification);
    const auto& left = verification.recovery_codes_left;
    return nlohmann::json{{"outcome", NameOf(verification.outcome)},
                          {"wait", verification.wait.count()},
                          {"digits", verification.digits},
                          {"generation", verification.generation},
                          {"recovery_codes_left", left ? nlohmann::json(*left) : nlohmann::json()},
                          {"known_origin", verification.origin.budget == Budget::kKnown},
                          {"charged", verification.charged}};
  });
}

// An application that is not root can only say that this is the second answer of a login. What the
// first one was charged to is remembered here, for one more answer.
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

// Makes the origin of a login known, unless a program of the user's own named it: it could name any
// host.
void NoteGrant(const CallPtr& call, const VerificationPermit& permit, const std::string& origin,
               const Result<Verification>& verification) {
  const bool granted = verification && verification->outcome == VerifyOutcome::kGranted;
  if (granted && !permit.by_own_uid() && verification->origin.to_be_noted) {
    call->services.store.NoteOrigin(permit, origin, [](const Result<void>&) {});
  }
}

}  // namespace

void PamState(const CallPtr& call, const VerificationPermit& permit) {
  const auto describe = [](const FactorView& factor) {
    const auto& until = factor.off_until;
    return nlohmann::json{
        {"state", NameOf(factor.state)},
        {"digits", factor.digits},
        {"off_until", until ? nlohmann::json(until->time_since_epoch().count()) : nullptr}};
  };
  AnswerWith(call, describe)(call->services.store.ReadFactor(
      permit.target(), call->params[2].get_ref<const std::string&>()));
}

void PamVerify(const CallPtr& call, const VerificationPermit& permit) {
  HowToVerify how = HowFrom(*call, permit);
  LimitToCharged(*call, permit.target(), how);
  call->services.store.Verify(permit, TypedFrom(call->params[kTokens], how), how,
                              [call, permit, how](const Result<Verification>& verification) {
                                RememberCharged(*call, permit.target(), how.charged, verification);
                                AnswerVerification(call)(verification);
                                NoteGrant(call, permit, how.origin, verification);
                              });
}

void PamConsume(const CallPtr& call, const LoginPermit& permit) {
  const HowToVerify how = HowFrom(*call, permit);
  call->services.store.VerifyConsumed(permit, TypedFrom(call->params[kTokens], how), how,
                                      AnswerVerification(call));
}

void PamNoteOrigin(const CallPtr& call, const LoginPermit& permit) {
  // The login waits for the answer, but not for the disk.
  call->Answer(nullptr);
  call->services.store.NoteOrigin(permit, call->params[2].get_ref<const std::string&>(),
                                  [](const Result<void>&) {});
}

}  // namespace twofactor::methods
