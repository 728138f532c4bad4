#include "pam_module/factor_source.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "common/wire/api_client.h"

namespace twofactor {
namespace {

using nlohmann::json;

class LiveStoreSource final : public FactorSource {
 public:
  LiveStoreSource(RunPaths paths, LiveStoreReader store, const Clock& clock)
      : paths_(std::move(paths)), store_(std::move(store)), clock_(clock) {}

  Result<State> ReadState(const Account& account, const std::string& service) override {
    const auto state = ReadFactorState(store_, account, service);
    const auto digits = ReadDigits(store_, account);
    if (!state || !digits) {
      return Fail(state ? digits.error() : state.error());
    }
    return State{*state, *digits};
  }

  Result<Verification> Verify(const Account& account, const std::string&, const SecretBytes& code,
                              int window) override {
    // A prompt may stand for minutes, and the daemon restart meanwhile.
    if (!store_.IsCurrent()) {
      auto anew = LiveStoreReader::Open(paths_);
      if (!anew) {
        return Fail(anew.error());
      }
      store_ = std::move(*anew);
    }
    return VerifyCode(store_, account, code, clock_, window);
  }

 private:
  RunPaths paths_;
  LiveStoreReader store_;
  const Clock& clock_;
};

Error Garbage() { return Error(ErrorCode::kCorrupt, "the daemon's answer is not understood"); }

class DaemonSource final : public FactorSource {
 public:
  explicit DaemonSource(ApiClient client) : client_(std::move(client)) {}

  Result<State> ReadState(const Account& account, const std::string& service) override {
    const auto answer = client_.Call("pam.state", {account.name.text(), account.uid, service});
    if (!answer) {
      return Fail(answer.error());
    }
    const auto name = TextAt(*answer, "state");
    const auto state = name ? FactorStateNamed(*name) : std::nullopt;
    const auto digits = NumberAt(*answer, "digits");
    if (!state || !digits || *digits < kMinDigits || *digits > kMaxDigits) {
      return Fail(Garbage());
    }
    return State{*state, static_cast<int>(*digits)};
  }

  // The daemon's window counts: a host that it verifies for does not choose its own.
  Result<Verification> Verify(const Account& account, const std::string& service,
                              const SecretBytes& code, int) override {
    const auto answer = client_.Call(
        "pam.verify", {account.name.text(), account.uid, service, std::string(code.text())});
    if (!answer) {
      return Fail(answer.error());
    }
    const auto name = TextAt(*answer, "outcome");
    const auto outcome = name ? VerifyOutcomeNamed(*name) : std::nullopt;
    const auto wait = NumberAt(*answer, "wait");
    if (!outcome || !wait) {
      return Fail(Garbage());
    }
    return Verification{*outcome, std::chrono::seconds(*wait)};
  }

 private:
  static std::optional<std::string> TextAt(const json& answer, const char* key) {
    if (!answer.is_object() || !answer.contains(key) || !answer[key].is_string()) {
      return std::nullopt;
    }
    return answer[key].get<std::string>();
  }

  static std::optional<std::int64_t> NumberAt(const json& answer, const char* key) {
    if (!answer.is_object() || !answer.contains(key) || !answer[key].is_number_integer()) {
      return std::nullopt;
    }
    return answer[key].get<std::int64_t>();
  }

  ApiClient client_;
};

}  // namespace

Result<std::unique_ptr<FactorSource>> OpenFactorSource(const RunPaths& paths, const Clock& clock,
                                                       std::chrono::milliseconds timeout) {
  auto store = LiveStoreReader::Open(paths);
  if (store && store->ledger().consume_mode() == layout::ConsumeMode::kCompareAndSwap) {
    return std::make_unique<LiveStoreSource>(paths, std::move(*store), clock);
  }
  auto client = ApiClient::Connect(paths, timeout, ApiClient::Bound::kAllCalls);
  if (!client) {
    const std::string first = store ? "" : store.error().message() + "; ";
    return Fail(client.error().Under(first + "ask the daemon"));
  }
  return std::make_unique<DaemonSource>(std::move(*client));
}

}  // namespace twofactor
