#include "pam_module/factor_source.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "common/wire/api_client.h"
#include "pam_module/daemon_answer.h"

namespace twofactor {
namespace {

using nlohmann::json;

std::optional<std::string> TextAt(const json& answer, const char* key) {
  if (!answer.is_object() || !answer.contains(key) || !answer[key].is_string()) {
    return std::nullopt;
  }
  return answer[key].get<std::string>();
}

std::optional<std::int64_t> NumberAt(const json& answer, const char* key) {
  if (!answer.is_object() || !answer.contains(key) || !answer[key].is_number_integer()) {
    return std::nullopt;
  }
  return answer[key].get<std::int64_t>();
}

// The numbers of digits that the daemon gives; empty where it does not.
std::vector<int> DigitsAt(const json& answer) {
  std::vector<int> digits;
  if (!answer.is_object() || !answer.contains("digits") || !answer["digits"].is_array()) {
    return digits;
  }
  for (const json& number : answer["digits"]) {
    if (!number.is_number_integer() || number < kMinDigits || number > kMaxDigits) {
      return {};
    }
    digits.push_back(number.get<int>());
  }
  return digits;
}

Result<Verification> VerificationFrom(const json& answer) {
  const auto name = TextAt(answer, "outcome");
  const auto outcome = name ? VerifyOutcomeNamed(*name) : std::nullopt;
  const auto wait = NumberAt(answer, "wait");
  const auto digits = NumberAt(answer, "digits");
  if (!outcome || !wait || !digits || *digits < 0 || *digits > kMaxDigits) {
    return Fail(AnswerNotUnderstood());
  }
  Verification verification{.outcome = *outcome, .wait = std::chrono::seconds(*wait)};
  verification.digits = static_cast<int>(*digits);
  if (const auto left = NumberAt(answer, "recovery_codes_left"); left && *left >= 0) {
    verification.recovery_codes_left = static_cast<std::uint64_t>(*left);
  }
  return verification;
}

// What pam.verify and pam.consume take.
json ParamsOf(const Account& account, const std::string& service, const TypedCode& typed,
              bool learn_skew) {
  json tokens = json::array();
  for (const SecretBytes& code : typed.codes()) {
    tokens.push_back(code.text());
  }
  if (!typed.recovery().empty()) {
    tokens.push_back(typed.recovery().text());
  }
  return {account.name.text(), account.uid, service, std::move(tokens), learn_skew};
}

// One that restarts closes its connections, amid a prompt, too: what it has not answered is asked
// of the next one, once. A code that it consumed all the same is a used one then, and no second
// login.
template <typename MakeParams>
Result<json> Ask(ApiClient& daemon, std::string_view method, MakeParams make_params) {
  auto answer = daemon.Call(method, make_params());
  const bool lost = !answer && answer.error().code() == ErrorCode::kUnavailable;
  if (!lost || !daemon.Reconnect()) {
    return answer;
  }
  return daemon.Call(method, make_params());
}

class LiveStoreSource final : public FactorSource {
 public:
  LiveStoreSource(RunPaths paths, LiveStoreReader store, const Clock& clock,
                  std::chrono::milliseconds timeout)
      : paths_(std::move(paths)), store_(std::move(store)), clock_(clock), timeout_(timeout) {}

  Result<State> ReadState(const Account& account, const std::string& service) override {
    auto factor = ReadFactor(store_, account, service, clock_);
    return factor
               ? Result<State>(State{factor->state, std::move(factor->digits), factor->off_until})
               : Fail(factor.error());
  }

  Result<Verification> Verify(const Account& account, const std::string& service,
                              const TypedCode& typed, HowToVerify how) override {
    // A prompt may stand for minutes, and the daemon restart meanwhile.
    if (!store_.IsCurrent()) {
      auto anew = LiveStoreReader::Open(paths_);
      if (!anew) {
        return Fail(anew.error());
      }
      store_ = std::move(*anew);
    }
    const auto here = VerifyCode(store_, account, typed, clock_, how.window);
    const auto settings = store_.ledger().ReadSettings();
    if (!here || !settings || !NeedsDaemon(*settings, *here, typed)) {
      return here && !settings ? Fail(settings.error()) : here;
    }
    // A try that the throttle refused teaches nothing.
    how.learn_skew = how.learn_skew && here->outcome != VerifyOutcome::kThrottled;
    const auto consumed = AskDaemon(account, service, typed, how.learn_skew);
    if (consumed) {
      return Stronger(*here, *consumed);
    }
    // Where a daemon that does not answer might have granted it, it is not for us to call it wrong.
    return here->could_be_daemons ? Fail(consumed.error()) : here;
  }

 private:
  Result<Verification> AskDaemon(const Account& account, const std::string& service,
                                 const TypedCode& typed, bool learn_skew) {
    // `timeout=` is for all that the daemon takes, what is asked once more included.
    auto client = ApiClient::Connect(paths_, timeout_, ApiClient::Bound::kAllCalls);
    if (!client) {
      return Fail(client.error());
    }
    const auto answer =
        Ask(*client, "pam.consume", [&] { return ParamsOf(account, service, typed, learn_skew); });
    return answer ? VerificationFrom(*answer) : Fail(answer.error());
  }

  RunPaths paths_;
  LiveStoreReader store_;
  const Clock& clock_;
  std::chrono::milliseconds timeout_;
};

class DaemonSource final : public FactorSource {
 public:
  explicit DaemonSource(ApiClient client) : client_(std::move(client)) {}

  Result<State> ReadState(const Account& account, const std::string& service) override {
    const auto answer = Ask(client_, "pam.state", [&]() -> json {
      return {account.name.text(), account.uid, service};
    });
    if (!answer) {
      return Fail(answer.error());
    }
    const auto name = TextAt(*answer, "state");
    const auto state = name ? FactorStateNamed(*name) : std::nullopt;
    auto digits = DigitsAt(*answer);
    if (!state || digits.empty()) {
      return Fail(AnswerNotUnderstood());
    }
    const auto until = NumberAt(*answer, "off_until");
    return State{*state, std::move(digits),
                 until ? std::optional(WallTime(std::chrono::seconds(*until))) : std::nullopt};
  }

  // The daemon's window counts: a host that it verifies for does not choose its own.
  Result<Verification> Verify(const Account& account, const std::string& service,
                              const TypedCode& typed, HowToVerify how) override {
    const auto answer = Ask(client_, "pam.verify",
                            [&] { return ParamsOf(account, service, typed, how.learn_skew); });
    return answer ? VerificationFrom(*answer) : Fail(answer.error());
  }

 private:
  ApiClient client_;
};

}  // namespace

Result<std::unique_ptr<FactorSource>> OpenFactorSource(const RunPaths& paths, const Clock& clock,
                                                       std::chrono::milliseconds timeout) {
  auto store = LiveStoreReader::Open(paths);
  if (store && store->ledger().consume_mode() == layout::ConsumeMode::kCompareAndSwap) {
    return std::make_unique<LiveStoreSource>(paths, std::move(*store), clock, timeout);
  }
  auto client = ApiClient::Connect(paths, timeout, ApiClient::Bound::kAllCalls);
  if (!client) {
    const std::string first = store ? "" : store.error().message() + "; ";
    return Fail(client.error().Under(first + "ask the daemon"));
  }
  return std::make_unique<DaemonSource>(std::move(*client));
}

}  // namespace twofactor
