#include "pam_module/factor_source.h"

#include <limits>
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
  const auto generation = NumberAt(answer, "generation");
  if (generation && *generation > 0 && *generation <= std::numeric_limits<std::uint32_t>::max()) {
    verification.generation = static_cast<std::uint32_t>(*generation);
  }
  if (const auto left = NumberAt(answer, "recovery_codes_left"); left && *left >= 0) {
    verification.recovery_codes_left = static_cast<std::uint64_t>(*left);
  }
  const auto charged = NumberAt(answer, "charged");
  if (charged && *charged > 0 && *charged <= std::numeric_limits<DeviceSet>::max()) {
    verification.charged = static_cast<DeviceSet>(*charged);
  }
  // A daemon of before does not tell.
  if (answer.contains("known_origin") && answer["known_origin"] == true) {
    verification.origin.budget = Budget::kKnown;
  }
  return verification;
}

// What the login's line wants, if that is anything (parameters::PamAndTokens).
json OptionsOf(const HowToVerify& how) {
  json options = json::object();
  if (how.window != kSettingsWindow) {
    options["window"] = how.window;
  }
  if (how.digits > 0) {
    options["otp_digits"] = how.digits;
  }
  if (!how.origin.empty()) {
    options["origin"] = how.origin;
  }
  if (how.charged != 0) {
    options["charged"] = how.charged;
  }
  return options;
}

// What pam.verify and pam.consume take.
json ParamsOf(const Account& account, const std::string& service, const TypedCode& typed,
              const HowToVerify& how) {
  json tokens = json::array();
  for (const SecretBytes& code : typed.codes()) {
    tokens.push_back(code.text());
  }
  if (!typed.recovery().empty()) {
    tokens.push_back(typed.recovery().text());
  }
  json params = {account.name.text(), account.uid, service, std::move(tokens), how.learn_skew};
  // A daemon of an earlier version, which has not been restarted yet, knows of no options.
  if (json options = OptionsOf(how); !options.empty()) {
    params.push_back(std::move(options));
  }
  return params;
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

Result<FactorSource::State> StateIn(LiveStoreReader& store, const Account& account,
                                    const std::string& service, const Clock& clock) {
  auto factor = ReadFactor(store, account, service, clock);
  if (!factor) {
    return Fail(factor.error());
  }
  return FactorSource::State{factor->state, std::move(factor->digits), factor->off_until};
}

class LiveStoreSource final : public FactorSource {
 public:
  LiveStoreSource(RunPaths paths, LiveStoreReader store, const Clock& clock,
                  std::chrono::milliseconds timeout)
      : paths_(std::move(paths)), store_(std::move(store)), clock_(clock), timeout_(timeout) {}

  Result<State> ReadState(const Account& account, const std::string& service) override {
    return StateIn(store_, account, service, clock_);
  }

  Result<Verification> Verify(const Account& account, const std::string& service,
                              const TypedCode& typed, const HowToVerify& how) override {
    // A prompt may stand for minutes, and the daemon restart meanwhile.
    if (!store_.IsCurrent()) {
      auto anew = LiveStoreReader::Open(paths_);
      if (!anew) {
        return Fail(anew.error());
      }
      store_ = std::move(*anew);
    }
    const auto here = VerifyCode(store_, account, typed, clock_, how);
    const auto settings = store_.ledger().ReadSettings();
    if (!here || !settings || !NeedsDaemon(*settings, *here, typed)) {
      return here && !settings ? Fail(settings.error()) : here;
    }
    // A try that the throttle refused teaches nothing.
    HowToVerify there = how;
    there.learn_skew = how.learn_skew && here->outcome != VerifyOutcome::kThrottled;
    const auto consumed = AskDaemon(account, service, typed, there);
    if (consumed) {
      return Stronger(*here, *consumed);
    }
    // Where a daemon that does not answer might have granted it, it is not for us to call it wrong.
    return here->could_be_daemons ? Fail(consumed.error()) : here;
  }

 private:
  Result<Verification> AskDaemon(const Account& account, const std::string& service,
                                 const TypedCode& typed, const HowToVerify& how) {
    // `timeout=` is for all that the daemon takes, what is asked once more included.
    auto client = ApiClient::Connect(paths_, timeout_, ApiClient::Bound::kAllCalls);
    if (!client) {
      return Fail(client.error());
    }
    const auto answer =
        Ask(*client, "pam.consume", [&] { return ParamsOf(account, service, typed, how); });
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

  Result<Verification> Verify(const Account& account, const std::string& service,
                              const TypedCode& typed, const HowToVerify& how) override {
    const auto answer =
        Ask(client_, "pam.verify", [&] { return ParamsOf(account, service, typed, how); });
    return answer ? VerificationFrom(*answer) : Fail(answer.error());
  }

 private:
  ApiClient client_;
};

// For a program whose sandbox makes /run read-only: whether a login asks is read here, so that it
// needs no daemon where no code is needed. A code is consumed by the daemon.
class ReadOnlySource final : public FactorSource {
 public:
  ReadOnlySource(RunPaths paths, LiveStoreReader store, const Clock& clock,
                 std::chrono::milliseconds timeout, Error why)
      : paths_(std::move(paths)),
        store_(std::move(store)),
        clock_(clock),
        timeout_(timeout),
        why_(std::move(why)) {}

  Result<State> ReadState(const Account& account, const std::string& service) override {
    return StateIn(store_, account, service, clock_);
  }

  Result<Verification> Verify(const Account& account, const std::string& service,
                              const TypedCode& typed, const HowToVerify& how) override {
    if (!daemon_) {
      auto client = ApiClient::Connect(paths_, timeout_, ApiClient::Bound::kAllCalls);
      if (!client) {
        return Fail(client.error().Under(why_.message() + "; ask the daemon"));
      }
      daemon_.emplace(std::move(*client));
    }
    return daemon_->Verify(account, service, typed, how);
  }

 private:
  RunPaths paths_;
  LiveStoreReader store_;
  const Clock& clock_;
  std::chrono::milliseconds timeout_;
  Error why_;  // The ledger cannot be written to.
  std::optional<DaemonSource> daemon_;
};

// Is it the daemon's to answer where the store gave this error?
bool IsForTheDaemon(ErrorCode code) {
  return code == ErrorCode::kUnavailable || code == ErrorCode::kNotPermitted ||
         code == ErrorCode::kUnknownVersion;
}

}  // namespace

Result<std::unique_ptr<FactorSource>> OpenFactorSource(const RunPaths& paths, const Clock& clock,
                                                       std::chrono::milliseconds timeout) {
  auto store = LiveStoreReader::Open(paths);
  if (store && store->ledger().consume_mode() == layout::ConsumeMode::kCompareAndSwap) {
    return std::make_unique<LiveStoreSource>(paths, std::move(*store), clock, timeout);
  }
  if (!store && !IsForTheDaemon(store.error().code())) {
    return Fail(store.error());
  }
  if (!store && store.error().code() == ErrorCode::kNotPermitted) {
    auto read_only = LiveStoreReader::Open(paths, LedgerExtent::kReached, StoreAccess::kRead);
    if (read_only && read_only->ledger().consume_mode() == layout::ConsumeMode::kCompareAndSwap) {
      return std::make_unique<ReadOnlySource>(paths, std::move(*read_only), clock, timeout,
                                              store.error());
    }
  }
  auto client = ApiClient::Connect(paths, timeout, ApiClient::Bound::kAllCalls);
  if (!client) {
    const std::string first = store ? "" : store.error().message() + "; ";
    return Fail(client.error().Under(first + "ask the daemon"));
  }
  return std::make_unique<DaemonSource>(std::move(*client));
}

}  // namespace twofactor
