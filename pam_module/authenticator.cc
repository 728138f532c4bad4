#include "pam_module/authenticator.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>
#include <utility>

#include "common/base/time_text.h"
#include "pam_module/enrollment.h"
#include "pam_module/login_place.h"
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
  void NoteLogin(std::uint32_t generation);
  std::string Origin();
  void NoteOrigin();
  LoginOutcome AskAndVerify(FactorSource& source, const std::vector<int>& digits);
  Result<SecretBytes> AskForCode();
  Result<Verification> VerifyTyped(FactorSource& source, const TypedLine& typed);
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
  std::optional<Account> account_;  // None: no such user, or one who can have no second factor.
  bool is_unfit_ = false;           // The latter: the stores take no such name.
  std::string why_nobody_ = "no such user";
  // Made for everybody, so that the time does not tell for whom it is needed.
  const Account nobody_ = NobodysAccount();
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
  service_ = host_.Service();
  if (const auto ended = FindAccount()) {
    return *ended;
  }
  auto source = open_source_(options_);
  if (!source) {
    return Unreachable(source.error());
  }
  const auto state = (*source)->ReadState(account_ ? *account_ : nobody_, service_);
  if (!state) {
    return Unreachable(state.error());
  }
  if (state->state == FactorState::kDisabled) {
    return EndSwitchedOff(*state);
  }
  if ((account_ || is_unfit_) && state->state == FactorState::kAbsent) {
    if (const auto ended = EndWithoutFactor()) {
      return *ended;
    }
  }
  if (account_ && state->state == FactorState::kConfigured && IsInGrace()) {
    return LoginOutcome::kSuccess;
  }
  return AskAndVerify(**source, options_.digits > 0 ? std::vector{options_.digits} : state->digits);
}

LoginOutcome Login::EndSwitchedOff(const FactorSource::State& state) {
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
  if (*granted) {
    Record(audit_event::kNotAsked, "grace_period",
           "second factor not asked for again: grace_period, for " + place);
  }
  return *granted;
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

LoginOutcome Login::AskAndVerify(FactorSource& source, const std::vector<int>& digits) {
  using FirstPass = ModuleOptions::FirstPass;
  const auto start = host_.Now();
  if (options_.first_pass != FirstPass::kNone) {
    const auto earlier = host_.EarlierPassword();
    if (earlier) {
      const bool together = options_.forward_pass || options_.digits > 0;
      const TypedLine typed =
          together ? TypedLine::WithPassword(*earlier, digits) : TypedLine::MaybePassword(*earlier);
      if (options_.first_pass == FirstPass::kUse) {
        return EndEvenly(start, Decide(VerifyTyped(source, typed)));
      }
      // As pam(8) has it of try_first_pass: what does not satisfy us is asked for.
      if (!typed.code().empty()) {
        const auto verification = VerifyTyped(source, typed);
        if (!verification || verification->outcome == VerifyOutcome::kGranted) {
          return Decide(verification);
        }
        Log(Host::LogLevel::kDebug, "the earlier module's password is no code to log in with");
      }
    } else if (options_.first_pass == FirstPass::kUse) {
      return Refuse("use_first_pass, and no earlier module asked for a password");
    }
  }
  const auto typed = AskForCode();
  if (!typed) {
    Record(audit_event::kBroken, "the conversation failed", "the conversation failed");
    return LoginOutcome::kConversationFailed;
  }
  const auto answered = host_.Now();
  return EndEvenly(answered,
                   Decide(VerifyTyped(source, options_.forward_pass
                                                  ? TypedLine::WithPassword(*typed, digits)
                                                  : TypedLine::Alone(*typed, options_.digits))));
}

LoginOutcome Login::EndEvenly(Host::Moment answered, LoginOutcome outcome) {
  if (outcome != LoginOutcome::kSuccess) {
    const auto ticks = (host_.Now() - answered) / kRefusalTick + 1;
    host_.WaitUntil(answered + ticks * kRefusalTick);
  }
  return outcome;
}

Result<Verification> Login::VerifyTyped(FactorSource& source, const TypedLine& typed) {
  // Nothing typed, or sshd's stand-in for a password, is no guess: it costs the same time and no
  // try.
  const bool guess = account_ && !typed.code().empty();
  const Account& account = guess ? *account_ : nobody_;
  auto verification = source.Verify(account, service_, typed.code(),
                                    {.window = options_.window,
                                     .digits = options_.digits,
                                     .learn_skew = !options_.noskewadj,
                                     .origin = Origin()});
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
      return Refuse(account_ ? "no code, or no second factor configured" : why_nobody_);
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
