#include "tests/pam/peer_fixture.h"

#include <boost/asio/executor_work_guard.hpp>
#include <optional>
#include <utility>

namespace twofactor {
namespace {

// The daemon's answers, without the socket in between.
class StoreSource final : public FactorSource {
 public:
  using MakePermit = std::function<LoginPermit(const Account& account)>;

  StoreSource(FactorStore& store, boost::asio::io_context& io, MakePermit permit)
      : store_(store), io_(io), permit_(std::move(permit)) {}

  Result<State> ReadState(const Account& account, const std::string& service) override {
    auto factor = store_.ReadFactor(account, service).value();
    return State{factor.state, std::move(factor.digits), factor.off_until};
  }

  Result<Verification> Verify(const Account& account, const std::string&, const TypedCode& typed,
                              const HowToVerify& how) override {
    std::optional<Result<Verification>> result;
    store_.Verify(permit_(account), typed, how,
                  [&result](const Result<Verification>& verification) { result = verification; });
    io_.restart();
    const auto stay = boost::asio::make_work_guard(io_);
    while (!result) {
      io_.run_one();
    }
    return *result;
  }

 private:
  FactorStore& store_;
  boost::asio::io_context& io_;
  MakePermit permit_;
};

}  // namespace

void PeerFixture::Import(const nlohmann::json& device,
                         const std::vector<std::string>& scratch_codes) {
  const nlohmann::json user = {{"username", "alice"},
                               {"uid", kAlice},
                               {"devices", nlohmann::json::array({device})},
                               {"recovery_codes", scratch_codes}};
  const auto answer = Call(Connect(0), "user.import_2fa_devices",
                           {nlohmann::json::array({user}), {{"replace", true}}});
  ASSERT_EQ(answer.value()[0]["outcome"], "imported");
}

LoginOutcome PeerFixture::LogIn(const std::vector<std::string>& options, const std::string& typed,
                                const std::string& earlier) {
  host_ = {};
  host_.answers = {typed, typed};
  host_.earlier = earlier;
  return Authenticate(
      host_, options,
      [this](const ModuleOptions&) {
        return Result<std::unique_ptr<FactorSource>>(std::make_unique<StoreSource>(
            *store_, io_, [this](const Account& account) { return PermitOfRoot(account); }));
      },
      [this](const ModuleOptions&) { return std::make_unique<ScriptedDaemon>(daemon_); });
}

}  // namespace twofactor
