// The module's options and its conversation, scripted by the input: lines of options up to an empty
// one, then what the earlier modules and the user typed. Whatever they are, nobody gets in without
// a grant, and nobody is let through as 'not asked' who has a factor.
#include <array>
#include <memory>
#include <sstream>
#include <string>

#include "pam_module/authenticator.h"
#include "pam_module/login_daemon.h"
#include "tests/fuzz/fuzz_target.h"

namespace twofactor {
namespace {

class ScriptedHost final : public Host {
 public:
  explicit ScriptedHost(std::istream& script) : script_(script) {}
  Result<std::string> UserName() override { return Next(); }
  Result<std::optional<User>> LookUp(const std::string& name) override {
    if (name.size() % 7 == 5) {
      return Fail(ErrorCode::kUnavailable, "NSS has no answer");
    }
    return name.size() % 3 == 2 ? std::nullopt : std::optional<User>(User{name, 1000});
  }
  bool HasRoom() override { return true; }
  std::string Service() override { return Next(); }
  std::string RemoteHost() override { return Next(); }
  std::string Terminal() override { return Next(); }
  std::string RemoteUser() override { return {}; }
  uid_t CallerUid() override { return 0; }
  bool IsSilent() override { return Next().size() % 5 == 4; }
  bool Show(const std::string& text) override { return text.size() % 7 != 6; }
  Result<SecretBytes> Ask(const std::string& /*prompt*/, bool /*echo*/) override {
    if (script_.eof()) {
      return Fail(ErrorCode::kUnavailable, "nobody there");
    }
    return SecretBytes::CopyOf(Next());
  }
  std::optional<SecretBytes> EarlierPassword() override {
    return script_.eof() ? std::nullopt : std::optional<SecretBytes>(SecretBytes::CopyOf(Next()));
  }
  bool LeavePassword(const SecretBytes& password) override { return password.size() % 2 == 0; }
  void Tell(const std::string& /*message*/) override {}
  void Log(LogLevel /*level*/, const std::string& /*message*/) override {}
  void Record(const Decision& /*decision*/) override {}
  Moment Now() override { return {}; }
  void WaitUntil(Moment /*moment*/) override {}

 private:
  std::string Next() {
    std::string line;
    std::getline(script_, line);
    return line;
  }

  std::istream& script_;
};

// Grants "123456" alone, to a user who exists.
class ScriptedSource final : public FactorSource {
 public:
  ScriptedSource(FactorState state, bool* granted) : state_(state), granted_(granted) {}
  Result<State> ReadState(const Account& /*account*/, const std::string& /*service*/) override {
    return State{state_, {6, 8}};
  }
  Result<Verification> Verify(const Account& account, const std::string& /*service*/,
                              const TypedCode& typed, const HowToVerify& /*how*/) override {
    for (const SecretBytes& code : typed.codes()) {
      *granted_ = *granted_ || (account.uid == 1000 && code.text() == "123456");
    }
    const bool grants = *granted_ && state_ == FactorState::kConfigured;
    *granted_ = grants;
    return Verification{grants ? VerifyOutcome::kGranted : VerifyOutcome::kWrong};
  }

 private:
  FactorState state_;
  bool* granted_;
};

// Offers a secret whose first code is "123456", and knows of no earlier login.
class ScriptedDaemon final : public LoginDaemon {
 public:
  explicit ScriptedDaemon(bool* granted) : granted_(granted) {}
  Result<bool> InGrace(const Account& /*account*/, const std::string& /*place*/,
                       std::chrono::seconds /*period*/) override {
    return false;
  }
  Result<void> NoteLogin(const Account& /*account*/, const std::string& /*place*/,
                         std::uint32_t /*generation*/) override {
    return Fail(ErrorCode::kUnavailable, "no daemon");
  }
  Result<void> NoteOrigin(const Account& /*account*/, const std::string& /*origin*/) override {
    return Fail(ErrorCode::kUnavailable, "no daemon");
  }
  Result<Offer> StartEnrollment(const Account& /*account*/, const std::string& service,
                                const Wish& wish) override {
    if (service.size() % 4 == 3) {
      return Fail(ErrorCode::kUnavailable, "no daemon");
    }
    return Offer{SecretBytes::CopyOf("ABCD EFGH"), SecretBytes::CopyOf("PICTURE\n"), 6,
                 std::chrono::seconds(30), wish.grace_days % 3};
  }
  Result<bool> FinishEnrollment(const Account& /*account*/, const SecretBytes& code) override {
    *granted_ = code.text() == "123456";
    return *granted_;
  }

 private:
  bool* granted_;
};

}  // namespace
}  // namespace twofactor

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  if (size == 0) {
    return 0;
  }
  constexpr std::array kStates = {FactorState::kConfigured, FactorState::kAbsent,
                                  FactorState::kDisabled};
  const FactorState state = kStates[data[0] % kStates.size()];
  std::istringstream script(std::string(data + 1, data + size));
  std::vector<std::string> arguments;
  for (std::string line; std::getline(script, line) && !line.empty();) {
    arguments.push_back(line);
  }
  ScriptedHost host(script);
  bool granted = false;
  const auto outcome = Authenticate(
      host, arguments,
      [&](const ModuleOptions&) {
        return Result<std::unique_ptr<FactorSource>>(
            std::make_unique<ScriptedSource>(state, &granted));
      },
      [&](const ModuleOptions&) { return std::make_unique<ScriptedDaemon>(&granted); });
  Claim(outcome != LoginOutcome::kSuccess || granted);
  Claim(outcome != LoginOutcome::kIgnore || state != FactorState::kConfigured);
  Claim(outcome != LoginOutcome::kIgnore || ParseOptions(arguments).has_value());
  Claim(ParseOptions(arguments).has_value() || outcome == LoginOutcome::kBadOption);
  return 0;
}
