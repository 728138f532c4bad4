#include "pam_module/authenticator.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>
#include <utility>

#include "common/base/time_text.h"
#include "pam_module/enrollment.h"
#include "pam_module/login_place.h"
#include "pam_module/no_attempt.h"
#include "pam_module/translate.h"
#include "pam_module/typed_line.h"

namespace twofactor {
namespace {

// A refusal is told at a whole number of these after the answer, so that the microsecond by which
// its work differs, with who the user is, does not show. It is more than that work takes.
constexpr std::chrono::milliseconds kRefusalTick{1};

// One login on its way through the module.
class Login {
 public:
  Login(Host& host, ModuleOptions options, const OpenSource& open_source,
        const OpenDaemon& open_daemon)
      : host_(host),
        options_(std::move(options)),
        open_source_(open_source),
        open_daemon_(open_daemon) {}

  LoginOutcome Run();

 private:
  std::optional<LoginOutcome> FindAccount();
  LoginOutcome EndSwitchedOff(const FactorSource::State& state);
  std::optional<LoginOutcome> EndWithoutFactor();
  LoginOutcome OfferEnrollment();
  bool IsInGrace();
  LoginOutcome EndInGrace();
  void NoteLogin(std::uint32_t generation);
  std::string Origin();
  void NoteOrigin();
  LoginOutcome AskAndVerify();
  Result<SecretBytes> AskForCode();
  LoginOutcome ConversationFailed();
  HowToVerify HowTo(DeviceSet charged);
  Result<Verification> VerifyTyped(const TypedLine& typed,
                                   const std::optional<SecretBytes>& earlier, DeviceSet charged);
  bool ForwardPassword();
  void TellRecoveryCodesLeft(std::uint64_t left);
  LoginOutcome Decide(const Result<Verification>& verified);
  LoginOutcome EndEvenly(Host::Moment answered, LoginOutcome outcome);
  LoginOutcome Unreachable(const Error& error);
  LoginOutcome Exhausted(const std::string& reason);
  LoginOutcome Refuse(const std::string& reason);
  void RecordRefusal(const AuditEvent& event, const std::string& reason);
  void Record(const AuditEvent& event, const std::string& reason, const std::string& message);
  void Log(Host::LogLevel level, const std::string& message);

  Host& host_;
  ModuleOptions options_;
  const OpenSource& open_source_;
  const OpenDaemon& open_daemon_;
  std::string name_;
  std::string service_;
  std::unique_ptr<FactorSource> source_;
  std::vector<int> digits_;         // How many a code may have here.
  std::optional<Account> account_;  // None: no such user, or one who can have no second factor.
  bool is_unfit_ = false;           // The latter: the stores take no such name.
  std::string why_nobody_ = "no such user";
  // Made for everybody, so that the time does not tell for whom it is needed.
  const Account nobody_ = NobodysAccount();
  std::string no_attempt_;       // Why what was verified last is none; empty where it is one.
  std::string origin_standing_;  // Of the login's origin, for the audit trail.
};

constexpr const char* kNoRoom = "the program has no file descriptors or no memory left";

// A login that is decided and recorded stays so, whatever memory there is for what comes after it.
template <typename Work>
void DoAfterwards(Work work) {
  try {
    work();
  } catch (const std::bad_alloc&) {
    // Nobody needs it.
  }
}

AuditEvent EventOf(LoginOutcome outcome) {
  switch (outcome) {
    case LoginOutcome::kSuccess:
      return audit_event::kAccepted;
    case LoginOutcome::kIgnore:
      return audit_event::kNotAsked;
    case LoginOutcome::kAuthError:
    case LoginOutcome::kUserUnknown:
    case LoginOutcome::kMaxTries:
      return audit_event::kRefused;
    case LoginOutcome::kUnavailable:
      return audit_event::kUnavailable;
    case LoginOutcome::kConversationFailed:
    case LoginOutcome::kBadOption:
    case LoginOutcome::kExhausted:
      return audit_event::kBroken;
  }
  return audit_event::kBroken;
}

LoginOutcome Login::Run() {
  service_ = options_.service.empty() ? host_.Service() : options_.service;
  if (const auto ended = FindAccount()) {
    return *ended;
  }
  auto source = open_source_(options_);
  if (!source) {
    return Unreachable(source.error());
  }
  source_ = std::move(*source);
  const auto state = source_->ReadState(account_ ? *account_ : nobody_, service_);
  if (!state) {
    return Unreachable(state.error());
  }
  digits_ = options_.digits > 0 ? std::vector{options_.digits} : state->digits;
  if (state->state == FactorState::kDisabled) {
    return EndSwitchedOff(*state);
  }
  if ((account_ || is_unfit_) && state->state == FactorState::kAbsent) {
    if (const auto ended = EndWithoutFactor()) {
      return *ended;
    }
  }
  if (account_ && state->state == FactorState::kConfigured && IsInGrace()) {
    return EndInGrace();
  }
  return AskAndVerify();
}

LoginOutcome Login::EndSwitchedOff(const FactorSource::State& state) {
  if (!ForwardPassword()) {
    return ConversationFailed();
  }
  if (!state.off_until) {
    Log(Host::LogLevel::kDebug, "the administrator switched the second factor off");
    return LoginOutcome::kIgnore;
  }
  const std::string until = LocalTimeText(*state.off_until);
  Record(audit_event::kNotAsked, "bypass",
         "second factor not asked for: an administrator's bypass until " + until);
  // A program that cannot show it is no reason to ask.
  DoAfterwards([this, &until] {
    static_cast<void>(host_.Show(Say("The second factor is off for you until %1.", until)));
  });
  return LoginOutcome::kIgnore;
}

// None: the user is asked like everybody, and refused.
std::optional<LoginOutcome> Login::EndWithoutFactor() {
  using Enroll = ModuleOptions::Enroll;
  // A host that wants no messages cannot show a secret, but it has its days.
  if (account_ && options_.enroll != Enroll::kNever &&
      (!host_.IsSilent() || options_.enroll_grace_days > 0)) {
    return OfferEnrollment();
  }
  const bool lets_in =
      options_.enroll == Enroll::kNever ? options_.nullok : options_.enroll == Enroll::kOptional;
  if (!lets_in && options_.user_unknown) {
    Record(audit_event::kRefused, "no second factor", "has no second factor");
    return LoginOutcome::kUserUnknown;
  }
  if (!lets_in) {
    return std::nullopt;
  }
  if (!ForwardPassword()) {
    return ConversationFailed();
  }
  const std::string option = options_.enroll == Enroll::kNever ? "nullok" : "enroll=optional";
  Record(audit_event::kNotAsked, option,
         "has no second factor, and " + option + " lets in without one");
  return LoginOutcome::kIgnore;
}

LoginOutcome Login::OfferEnrollment() {
  const auto end = EnrollAtLogin(host_, options_, *account_, service_, *open_daemon_(options_));
  host_.Record({EventOf(end.outcome), end.level, name_, "enrollment", "", end.message, ""});
  if (end.outcome == LoginOutcome::kSuccess) {
    DoAfterwards([this] {
      NoteLogin(/*generation=*/0);
      NoteOrigin();
    });
  }
  return end.outcome;
}

bool Login::IsInGrace() {
  const std::string place = PlaceOf(host_.RemoteHost(), host_.Terminal());
  if (options_.grace_period.count() == 0 || place.empty()) {
    return false;
  }
  const auto granted = open_daemon_(options_)->InGrace(*account_, place, options_.grace_period);
  if (!granted) {
    Log(Host::LogLevel::kDebug, "no answer on grace_period: " + granted.error().message());
    return false;
  }
  return *granted;
}

LoginOutcome Login::EndInGrace() {
  if (!ForwardPassword()) {
    return ConversationFailed();
  }
  Record(audit_event::kNotAsked, "grace_period",
         "second factor not asked for again: grace_period, for " +
             PlaceOf(host_.RemoteHost(), host_.Terminal()));
  return LoginOutcome::kSuccess;
}

void Login::NoteLogin(std::uint32_t generation) {
  const std::string place = PlaceOf(host_.RemoteHost(), host_.Terminal());
  if (options_.grace_period.count() == 0 || place.empty()) {
    return;
  }
  if (const auto noted = open_daemon_(options_)->NoteLogin(*account_, place, generation); !noted) {
    Log(Host::LogLevel::kDebug, "not noted for grace_period: " + noted.error().message());
  }
}

std::string Login::Origin() {
  const Account& account = account_ ? *account_ : nobody_;
  return OriginOf({host_.RemoteHost(), host_.Terminal(), host_.RemoteUser(), host_.CallerUid()},
                  account.name.text(), account.uid);
}

void Login::NoteOrigin() {
  const std::string origin = Origin();
  if (origin.empty() || origin == kOwnUidOrigin) {
    return;
  }
  if (const auto noted = open_daemon_(options_)->NoteOrigin(*account_, origin); !noted) {
    Log(Host::LogLevel::kDebug, "the origin was not noted: " + noted.error().message());
  }
}

std::optional<LoginOutcome> Login::FindAccount() {
  const auto name = host_.UserName();
  if (!name) {
    Record(audit_event::kBroken, "the program gave no name", "the program gave no name");
    return LoginOutcome::kConversationFailed;
  }
  name_ = *name;
  const auto looked = host_.LookUp(name_);
  // Asked for every name, so that the time does not tell which one is nobody's.
  if (!host_.HasRoom()) {
    return Exhausted(kNoRoom);
  }
  if (!looked && looked.error().code() == ErrorCode::kExhausted) {
    return Exhausted(looked.error().message());
  }
  const auto user = looked ? *looked : std::nullopt;
  if (!looked) {
    // As for nobody, but for user_unknown, which wants to know.
    why_nobody_ = looked.error().message();
  } else if (!user && options_.user_unknown) {
    Record(audit_event::kRefused, "no such user", "is not a user of this system");
    return LoginOutcome::kUserUnknown;
  }
  // The same work for a name that is nobody's.
  auto canonical = Username::Parse(user ? user->name : name_);
  if (canonical && user) {
    account_ = Account{std::move(*canonical), user->uid};
  } else if (user) {
    is_unfit_ = true;
    why_nobody_ = "the user's name " + canonical.error().message();
  }
  return std::nullopt;
}

Result<SecretBytes> Login::AskForCode() {
  const std::string& own = options_.prompt;
  return host_.Ask(!own.empty()            ? own
                   : options_.forward_pass ? Say("Password & verification code: ")
                                           : Say("Verification code: "),
                   options_.echo_verification_code);
}

LoginOutcome Login::ConversationFailed() {
  Record(audit_event::kBroken, "the conversation failed", "the conversation failed");
  return LoginOutcome::kConversationFailed;
}

LoginOutcome Login::AskAndVerify() {
  using FirstPass = ModuleOptions::FirstPass;
  const auto start = host_.Now();
  const auto earlier = host_.EarlierPassword();
  const bool never_asks = options_.first_pass == FirstPass::kUse;
  DeviceSet charged = 0;
  if (options_.first_pass != FirstPass::kNone && earlier) {
    const TypedLine typed = TypedLine::WithPassword(*earlier, digits_);
    if (never_asks || !typed.code().empty()) {
      const auto verification = VerifyTyped(typed, std::nullopt, /*charged=*/0);
      // A code that is right and cannot be used is no password, so there is nothing to ask for.
      const bool is_code = verification && (verification->outcome == VerifyOutcome::kGranted ||
                                            verification->digits > 0);
      if (never_asks || !verification || is_code) {
        return EndEvenly(start, Decide(verification));
      }
      // As pam(8) has it of try_first_pass: what does not satisfy us is asked for.
      Log(Host::LogLevel::kDebug, "the earlier module's password is no code to log in with");
      charged = verification->charged;
    }
  } else if (never_asks) {
    return Refuse("use_first_pass, and no earlier module asked for a password");
  }
  const auto typed = AskForCode();
  if (!typed) {
    return ConversationFailed();
  }
  const auto answered = host_.Now();
  const TypedLine line = options_.forward_pass ? TypedLine::WithPassword(*typed, digits_)
                                               : TypedLine::Alone(*typed, options_.digits);
  return EndEvenly(answered, Decide(VerifyTyped(line, earlier, charged)));
}

// Where no code is needed, the modules behind forward_pass need a password all the same. A code at
// its end, fresh or used, is taken off, because programs go on sending one. False where nobody
// could be asked.
bool Login::ForwardPassword() {
  using FirstPass = ModuleOptions::FirstPass;
  if (!options_.forward_pass) {
    return true;
  }
  auto line = options_.first_pass == FirstPass::kNone ? std::nullopt : host_.EarlierPassword();
  if (!line && options_.first_pass == FirstPass::kUse) {
    return true;
  }
  if (!line) {
    auto typed = host_.Ask(options_.prompt.empty() ? Say("Password: ") : options_.prompt,
                           options_.echo_verification_code);
    if (!typed) {
      return false;
    }
    line = std::move(*typed);
  }
  const TypedLine typed = TypedLine::WithPassword(*line, digits_);
  if (typed.code().empty()) {
    return host_.LeavePassword(*line);
  }
  const auto verified =
      source_->Verify(account_ ? *account_ : nobody_, service_, typed.code(), HowTo(/*charged=*/0));
  const bool is_code = verified && (verified->digits > 0 || verified->recovery_codes_left);
  return host_.LeavePassword(is_code ? typed.PasswordBefore(&*verified) : typed.text().Clone());
}

LoginOutcome Login::EndEvenly(Host::Moment answered, LoginOutcome outcome) {
  if (outcome != LoginOutcome::kSuccess) {
    const auto ticks = (host_.Now() - answered) / kRefusalTick + 1;
    host_.WaitUntil(answered + ticks * kRefusalTick);
  }
  return outcome;
}

HowToVerify Login::HowTo(DeviceSet charged) {
  return {.window = options_.window,
          .digits = options_.digits,
          .learn_skew = !options_.noskewadj,
          .origin = Origin(),
          .charged = charged};
}

// `earlier`: what an answer may not repeat. `charged`: as HowToVerify has it.
Result<Verification> Login::VerifyTyped(const TypedLine& typed,
                                        const std::optional<SecretBytes>& earlier,
                                        DeviceSet charged) {
  // What is no attempt costs the same time and no try.
  no_attempt_ = WhyNoAttempt(typed, earlier);
  const Account& account = account_ && no_attempt_.empty() ? *account_ : nobody_;
  auto verification = source_->Verify(account, service_, typed.code(), HowTo(charged));
  // The daemon answers a program that is not root on its own user alone, and not on nobody.
  if (!no_attempt_.empty() && !verification &&
      verification.error().code() == ErrorCode::kNotPermitted) {
    verification = Verification{VerifyOutcome::kNoFactor};
  }
  // Whatever came of the code, so that nothing tells which of the two was wrong.
  if (options_.forward_pass &&
      !host_.LeavePassword(typed.PasswordBefore(verification ? &*verification : nullptr))) {
    return Fail(ErrorCode::kInternal, "leave the password for the next module");
  }
  return verification;
}

void Login::TellRecoveryCodesLeft(std::uint64_t left) {
  static_cast<void>(
      host_.Show(left == 0 ? Say("That was a recovery code. You have none left.")
                           : SayCount("That was a recovery code. You have %1 left.",
                                      "That was a recovery code. You have %1 left.", left)));
}

LoginOutcome Login::Decide(const Result<Verification>& verified) {
  if (!verified) {
    return Unreachable(verified.error());
  }
  const Verification& verification = *verified;
  origin_standing_ = verification.origin.budget == Budget::kKnown ? "known" : "unknown";
  const auto seconds = verification.wait.count();
  switch (verification.outcome) {
    case VerifyOutcome::kGranted:
      host_.Record({audit_event::kAccepted, Host::LogLevel::kNotice, name_,
                    verification.recovery_codes_left ? "recovery-code" : "code", "",
                    "second factor accepted", origin_standing_});
      DoAfterwards([this, &verification] {
        if (verification.recovery_codes_left) {
          TellRecoveryCodesLeft(*verification.recovery_codes_left);
        }
        NoteLogin(verification.generation);
        if (verification.origin.to_be_noted) {
          NoteOrigin();
        }
      });
      return LoginOutcome::kSuccess;
    case VerifyOutcome::kWrong:
      return Refuse("wrong code");
    case VerifyOutcome::kNoFactor:
      return Refuse(!account_             ? why_nobody_
                    : no_attempt_.empty() ? "no second factor configured"
                                          : no_attempt_);
    case VerifyOutcome::kReplayed:
      host_.Tell(Say("This code was used before. Wait for the next one."));
      return Refuse("the code was used before");
    case VerifyOutcome::kBeforeBirth:
      host_.Tell(
          SayCount("This machine has started a moment ago, and this code may have been used before"
                   " that. A new code is accepted in %1 second.",
                   "This machine has started a moment ago, and this code may have been used before"
                   " that. A new code is accepted in %1 seconds.",
                   seconds));
      return Refuse("the code may have been used before this machine's start");
    case VerifyOutcome::kThrottled:
      if (options_.show_wait) {
        host_.Tell(SayCount("Too many wrong codes. Try again in %1 second.",
                            "Too many wrong codes. Try again in %1 seconds.", seconds));
      }
      RecordRefusal(audit_event::kThrottled,
                    "too many wrong codes, for " + std::to_string(seconds) + " more seconds");
      return options_.maxtries ? LoginOutcome::kMaxTries : LoginOutcome::kAuthError;
  }
  return LoginOutcome::kAuthError;
}

LoginOutcome Login::Unreachable(const Error& error) {
  if (error.code() == ErrorCode::kExhausted) {
    return Exhausted(error.message());
  }
  const bool not_trusted = error.code() == ErrorCode::kNotPermitted;
  host_.Record(
      {audit_event::kUnavailable, Host::LogLevel::kError, name_, "", error.message(),
       "no answer on the second factor: " + error.message() +
           (not_trusted ? "" : " (is twofactord running? 'twofactorctl doctor' finds out)"),
       ""});
  return LoginOutcome::kUnavailable;
}

LoginOutcome Login::Exhausted(const std::string& reason) {
  host_.Record({audit_event::kBroken, Host::LogLevel::kError, name_, "", reason,
                "second factor refused: " + reason, ""});
  return LoginOutcome::kExhausted;
}

LoginOutcome Login::Refuse(const std::string& reason) {
  RecordRefusal(audit_event::kRefused, reason);
  return LoginOutcome::kAuthError;
}

void Login::RecordRefusal(const AuditEvent& event, const std::string& reason) {
  Record(event, reason, "second factor refused: " + reason);
}

void Login::Record(const AuditEvent& event, const std::string& reason, const std::string& message) {
  host_.Record({event, Host::LogLevel::kNotice, name_, "", reason, message, origin_standing_});
}

void Login::Log(Host::LogLevel level, const std::string& message) {
  if (level != Host::LogLevel::kDebug || options_.debug) {
    host_.Log(level, "user " + name_ + ": " + message);
  }
}

}  // namespace

Account NobodysAccount() {
  // No login name may hold a blank; -1 is no uid at all, and the daemon takes none that is not one.
  return {*Username::Parse("no such user"), static_cast<uid_t>(-2)};
}

LoginOutcome Authenticate(Host& host, const std::vector<std::string>& arguments,
                          const OpenSource& open_source, const OpenDaemon& open_daemon) {
  auto options = ParseOptions(arguments);
  if (!options) {
    const std::string& fault = options.error().message();
    host.Record({audit_event::kBroken, Host::LogLevel::kError, "", "", fault, fault, ""});
    return LoginOutcome::kBadOption;
  }
  return Login(host, std::move(*options), open_source, open_daemon).Run();
}

}  // namespace twofactor
