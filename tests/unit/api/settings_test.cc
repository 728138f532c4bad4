// Changes of the settings of every login.
#include <boost/asio/executor_work_guard.hpp>

#include "tests/unit/api/api_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

class SettingsTest : public ApiFixture {};

// As the calls of a batch do, or two administrators.
TEST_F(SettingsTest, TwoChangesAtOnceBothCount) {
  const Peer root = Connect(0);
  Call(root, "auth.twofactor.update", json::array({{{"enabled", false}}})).value();
  int answered = 0;
  json last;
  for (const json& params : {json::array({{{"enabled", true}}}), json::array({{{"window", 3}}}),
                             json::array({{{"services", {{"ssh", false}}}}})}) {
    api_->Dispatch(root.session, "auth.twofactor.update", params, [&](const Result<json>& answer) {
      ++answered;
      last = answer.value();
    });
  }
  io_.restart();
  const auto stay = boost::asio::make_work_guard(io_);
  while (answered < 3) {
    io_.run_one();
  }
  const json all = {{"id", 1}, {"enabled", true}, {"window", 3}, {"services", {{"ssh", false}}}};
  EXPECT_EQ(last, all);
  EXPECT_EQ(Call(root, "auth.twofactor.config", json::array()).value(), all);
}

}  // namespace
}  // namespace twofactor
