// What an application says of the earlier answer of a login: it spares the second answer a charge.
#include <bit>

#include "tests/unit/api/devices_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

class ChargedTest : public DevicesFixture {
 protected:
  void SetUp() override {
    Add("phone");
    Add("token", DeviceKind::kHotp);
  }

  // The result of one wrong code of `peer`'s.
  json Guess(const Peer& peer, const json& charged, const std::string& method = "pam.verify") {
    const json options = {{"charged", charged}};
    return Call(peer, method,
                json::array({"alice", kAlice, "login", json::array({"000000"}), false, options}))
        .value();
  }
  // How many of `pairs` logins with two wrong codes each have both of them looked at.
  int LookedAt(const Peer& peer, int pairs) {
    int looked = 0;
    for (int i = 0; i < pairs; ++i) {
      const json first = Guess(peer, 0);
      const json second = Guess(peer, first["charged"]);
      looked += first["outcome"] == "wrong" && second["outcome"] == "wrong" ? 1 : 0;
    }
    return looked;
  }
};

TEST_F(ChargedTest, AttemptSaysWhichDevicesItWasChargedTo) {
  const Peer root = Connect(0);
  const json first = Guess(root, 0);
  EXPECT_EQ(std::popcount(first["charged"].get<std::uint32_t>()), 2);
  for (int i = 0; i < 4; ++i) {
    Guess(root, 0);
  }
  const json throttled = Guess(root, 0);
  EXPECT_EQ(throttled["outcome"], "throttled");
  EXPECT_EQ(throttled["charged"], 0);
}

TEST_F(ChargedTest, SecondAnswerOfALoginIsNotCharged) {
  EXPECT_EQ(LookedAt(Connect(0), 20), 5);
  EXPECT_EQ(Call(Connect(0), "user.clear_2fa_throttle", {"alice"}).value(), true);
  EXPECT_EQ(LookedAt(Connect(kAlice), 20), 5);
}

TEST_F(ChargedTest, ApplicationThatIsNotRootIsBelievedOnceAfterEachAttempt) {
  const Peer locker = Connect(kAlice);
  int looked = 0;
  for (int i = 0; i < 40; ++i) {
    looked += Guess(locker, 0xFFFFFFFF)["outcome"] == "wrong" ? 1 : 0;
  }
  EXPECT_EQ(looked, 10);
}

TEST_F(ChargedTest, AnotherConnectionOfItHasNoEarlierAnswer) {
  int looked = 0;
  for (int i = 0; i < 40; ++i) {
    looked += Guess(Connect(kAlice), 0xFFFFFFFF)["outcome"] == "wrong" ? 1 : 0;
  }
  EXPECT_EQ(looked, 5);
}

TEST_F(ChargedTest, RightCodeClearsWhatTheEarlierAnswerWasCharged) {
  for (int i = 0; i < 20; ++i) {
    const Peer locker = Connect(kAlice);
    const json first = Guess(locker, 0);
    clock_.Advance(std::chrono::seconds(30));
    const json options = {{"charged", first["charged"]}};
    const json second =
        Call(
            locker, "pam.verify",
            json::array({"alice", kAlice, "login", json::array({CodeOf("phone")}), false, options}))
            .value();
    EXPECT_EQ(second["outcome"], "granted") << i;
  }
}

}  // namespace
}  // namespace twofactor
