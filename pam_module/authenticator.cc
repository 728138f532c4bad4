#include "pam_module/authenticator.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/otp/code.h"

namespace twofactor {
namespace {

constexpr const char* kPrompt = "Verification code: ";
constexpr const char* kForwardPrompt = "Password & verification code: ";

// What was typed, taken apart.
struct Typed {
  SecretBytes code;  // Empty: nothing that could be a code.
  std::optional<SecretBytes> password;
};

// With forward_pass the last `digits` characters are the code, and what stands before them the
// password for the next module.
Typed TakeApart(const SecretBytes& typed, const ModuleOptions& options, int digits) {
  if (!options.forward_pass) {
    return {ParseCode(typed.text()), std::nullopt};
  }
  const std::string_view text = typed.text();
  const std::size_t password = text.size() - std::min<std::size_t>(digits, text.size());
  return {ParseCode(text.substr(password)), SecretBytes::CopyOf(text.substr(0, password))};
}

// One login on its way through the module.
class Login {
 public:
  Login(Host& host, ModuleOptions options, const OpenSource& open_source)
      : host_(host), options_(std::move(options)), open_source_(open_source) {}

  LoginOutcome Run();

 private:
  std::optional<LoginOutcome> FindAccount();
  LoginOutcome AskAndVerify(FactorSource& source, int digits);
  Result<SecretBytes> AskForCode();
  LoginOutcome VerifyTyped(FactorSource& source, const Typed& typed);
  LoginOutcome Decide(const Verification& verification);
  LoginOutcome Unreachable(const Error& error);
  LoginOutcome Refuse(const std::string& reason);
  void Log(Host::LogLevel level, const std::string& message);

  Host& host_;
  ModuleOptions options_;
  const OpenSource& open_source_;
  std::string name_;
  std::string service_;
  std::optional<Account> account_;  // None: no such user.
};

// An account that no store holds, for the prompts and the time of one that does not exist: no login
// name may hold a blank.
Account NobodysAccount() { return {*Username::Parse("no such user"), static_cast<uid_t>(-1)}; }

LoginOutcome Login::Run() {
  service_ = host_.Service();
  if (const auto ended = FindAccount()) {
    return *ended;
  }
  auto source = open_source_(options_);
  if (!source) {
    return Unreachable(source.error());
  }
  const auto state = (*source)->ReadState(account_.value_or(NobodysAccount()), service_);
  if (!state) {
    return Unreachable(state.error());
  }
  if (state->state == FactorState::kDisabled) {
    Log(Host::LogLevel::kDebug, "the administrator switched the second factor off");
    return LoginOutcome::kIgnore;
  }
  if (account_ && state->state == FactorState::kAbsent && options_.nullok) {
    Log(Host::LogLevel::kNotice, "has no second factor, and nullok lets in without one");
    return LoginOutcome::kIgnore;
  }
  return AskAndVerify(**source, state->digits.front());
}

std::optional<LoginOutcome> Login::FindAccount() {
  const auto name = host_.UserName();
  if (!name) {
    return LoginOutcome::kConversationFailed;
  }
  name_ = *name;
  const auto user = host_.LookUp(name_);
  if (!user && options_.user_unknown) {
    Log(Host::LogLevel::kNotice, "is not a user of this system");
    return LoginOutcome::kUserUnknown;
  }
  if (user) {
    auto canonical = Username::Parse(user->name);
    if (canonical) {
      account_ = Account{std::move(*canonical), user->uid};
    }
  }
  return std::nullopt;
}

Result<SecretBytes> Login::AskForCode() {
  const std::string& own = options_.prompt;
  return host_.Ask(!own.empty()            ? own
                   : options_.forward_pass ? kForwardPrompt
                                           : kPrompt,
                   options_.echo_verification_code);
}

LoginOutcome Login::AskAndVerify(FactorSource& source, int digits) {
  using FirstPass = ModuleOptions::FirstPass;
  if (options_.first_pass != FirstPass::kNone) {
    const auto earlier = host_.EarlierPassword();
    if (earlier) {
      const Typed typed = TakeApart(*earlier, options_, digits);
      if (!typed.code.empty() || options_.first_pass == FirstPass::kUse) {
        return VerifyTyped(source, typed);
      }
    } else if (options_.first_pass == FirstPass::kUse) {
      return Refuse("use_first_pass, and no earlier module asked for a password");
    }
  }
  const auto typed = AskForCode();
  if (!typed) {
    Log(Host::LogLevel::kNotice, "the conversation failed");
    return LoginOutcome::kConversationFailed;
  }
  return VerifyTyped(source, TakeApart(*typed, options_, digits));
}

LoginOutcome Login::VerifyTyped(FactorSource& source, const Typed& typed) {
  if (typed.password && !host_.LeavePassword(*typed.password)) {
    return Refuse("the password could not be left for the next module");
  }
  // Nothing typed, or sshd's stand-in for a password, is no guess: it costs the same time and no
  // try.
  const bool guess = account_ && !typed.code.empty();
  const Account account = guess ? *account_ : NobodysAccount();
  const auto verification = source.Verify(account, service_, TypedCode(typed.code),
                                          {.window = options_.window, .learn_skew = true});
  if (!verification) {
    return Unreachable(verification.error());
  }
  return Decide(*verification);
}

LoginOutcome Login::Decide(const Verification& verification) {
  const std::string seconds = std::to_string(verification.wait.count());
  switch (verification.outcome) {
    case VerifyOutcome::kGranted:
      Log(Host::LogLevel::kNotice, "second factor accepted");
      return LoginOutcome::kSuccess;
    case VerifyOutcome::kWrong:
      return Refuse("wrong code");
    case VerifyOutcome::kNoFactor:
      return Refuse(account_ ? "no code, or no second factor configured" : "no such user");
    case VerifyOutcome::kReplayed:
      host_.Tell("This code was used before. Wait for the next one.");
      return Refuse("the code was used before");
    case VerifyOutcome::kBeforeBirth:
      host_.Tell(
          "This machine has started a moment ago, and this code may have been used before"
          " that. A new code is accepted in " +
          seconds + " seconds.");
      return Refuse("the code may have been used before this machine's start");
    case VerifyOutcome::kThrottled:
      host_.Tell("Too many wrong codes. Try again in " + seconds + " seconds.");
      static_cast<void>(Refuse("too many wrong codes, for " + seconds + " more seconds"));
      return options_.maxtries ? LoginOutcome::kMaxTries : LoginOutcome::kAuthError;
  }
  return LoginOutcome::kAuthError;
}

LoginOutcome Login::Unreachable(const Error& error) {
  const bool not_trusted = error.code() == ErrorCode::kNotPermitted;
  Log(Host::LogLevel::kError,
      "no answer on the second factor: " + error.message() +
          (not_trusted ? "" : " (is twofactord running? 'twofactorctl doctor' finds out)"));
  return LoginOutcome::kUnavailable;
}

LoginOutcome Login::Refuse(const std::string& reason) {
  Log(Host::LogLevel::kNotice, "second factor refused: " + reason);
  return LoginOutcome::kAuthError;
}

void Login::Log(Host::LogLevel level, const std::string& message) {
  if (level != Host::LogLevel::kDebug || options_.debug) {
    host_.Log(level, "user " + name_ + ": " + message);
  }
}

}  // namespace

LoginOutcome Authenticate(Host& host, const std::vector<std::string>& arguments,
                          const OpenSource& open_source) {
  auto options = ParseOptions(arguments);
  if (!options) {
    host.Log(Host::LogLevel::kError, options.error().message());
    return LoginOutcome::kBadOption;
  }
  return Login(host, std::move(*options), open_source).Run();
}

}  // namespace twofactor
