// What a caller can make the daemon remember of a connection.
#include "tests/unit/api/api_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

class OptionsTest : public ApiFixture {};

// As long as a message may be, of what takes the most memory.
TEST_F(OptionsTest, NothingOfThemIsKept) {
  const Peer alice = Connect(kAlice);
  json options = json::object();
  options["a"] = json::array();
  for (int i = 0; i < 20000; ++i) {
    options["a"].push_back(json::array());
  }
  EXPECT_EQ(Call(alice, "core.set_options", json::array({std::move(options)})).value(), nullptr);
  // Not even that there were any.
  EXPECT_EQ(alice.session->state, nullptr);
}

TEST_F(OptionsTest, TrueNasClientsSetTheirs) {
  const Peer alice = Connect(kAlice);
  EXPECT_EQ(Call(alice, "core.set_options",
                 json::array({{{"legacy_jobs", false}, {"private_methods", true}}}))
                .value(),
            nullptr);
  EXPECT_EQ(Refusal(alice, "core.set_options", json::array({"no object"})), "EINVAL");
}

}  // namespace
}  // namespace twofactor
