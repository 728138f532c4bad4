// Whoever uses the daemon without end waits for their turn, in whatever form they do it, and
// others do not wait for them.
#include <sys/resource.h>
#include <unistd.h>

#include <optional>

#include "tests/support/sanitized.h"
#include "tests/unit/rpc/server_fixture.h"
#include "tests/unit/rpc/web_socket_client.h"

namespace twofactor {
namespace {

using std::chrono::milliseconds;

constexpr uid_t kHostile = 1000;
constexpr std::string_view kEcho = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}\n";
constexpr std::string_view kWork = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"work\"}\n";

class PacedTest : public ServerFixture {
 protected:
  PacedTest() {
    // Any use at all is more than there is, and is paid back in a second at most.
    limits.time_per_second = milliseconds(1);
    limits.time_at_once = milliseconds(0);
  }

  // The hostile user's next call waits, and meanwhile somebody else's is answered.
  void ExpectThatOnlyTheHostileWaits() {
    RawClient hostile(path(), kHostile);
    hostile.Send(kEcho);
    ExpectAlive();
    EXPECT_FALSE(hostile.IsReadableWithin(milliseconds(0)));
    EXPECT_NE(hostile.ReadLine().find("result"), std::string::npos);
  }
};

TEST_F(PacedTest, ExpensiveCallsAreCharged) {
  Start();
  RawClient client(path(), kHostile);
  client.Send(kWork);
  EXPECT_NE(client.ReadLine().find("true"), std::string::npos);
  ExpectThatOnlyTheHostileWaits();
}

TEST_F(PacedTest, BytesOneByOneAreCharged) {
  Start();
  RawClient client(path(), kHostile);
  for (int i = 0; i < 300; ++i) {
    client.Send(i == 0 ? "{" : " ");
    usleep(100);
  }
  ExpectThatOnlyTheHostileWaits();
}

TEST_F(PacedTest, PingsOfAWebSocketAreCharged) {
  Start();
  WebSocketClient client(path());
  std::optional<WebSocketClient> hostile;
  {
    const AsUser as_user(kHostile);
    hostile.emplace(path());
  }
  for (int i = 0; i < 300; ++i) {
    hostile->stream().ping("x");
  }
  ExpectThatOnlyTheHostileWaits();
  client.Send(R"({"jsonrpc":"2.0","id":1,"method":"echo"})");
  EXPECT_TRUE(client.Read().contains("result"));
}

TEST_F(PacedTest, EveryConnectionOfTheUserWaitsAndEachHasItsTurn) {
  Start();
  std::vector<std::unique_ptr<RawClient>> clients;
  // Each may have to wait a second, one after the other.
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(path(), kHostile));
    clients.back()->Send(kEcho);
  }
  for (const auto& client : clients) {
    EXPECT_NE(client->ReadLine().find("result"), std::string::npos);
  }
}

TEST_F(PacedTest, ConnectionsThatSendAtOnceTakeTurns) {
  Start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(path(), kHostile));
    clients.back()->Send("{");
  }
  // Long enough for the server to wait for the rest of each.
  sleep(2);
  const auto start = std::chrono::steady_clock::now();
  for (const auto& client : clients) {
    client->Send(kWork.substr(1));
  }
  for (const auto& client : clients) {
    EXPECT_NE(client->ReadLine().find("true"), std::string::npos);
  }
  // The second and the third wait for a second each.
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(1800));
}

// How many of twenty calls that each take a twentieth of a second are made.
int CallsMade(const std::string& answers) {
  int made = 0;
  for (auto at = answers.find("true"); at != std::string::npos; at = answers.find("true", at + 1)) {
    ++made;
  }
  return made;
}

TEST_F(PacedTest, ExpensiveBatchIsCutShort) {
  Start();
  RawClient client(path(), kHostile);
  std::string batch = "[";
  for (int i = 0; i < 20; ++i) {
    batch += std::string(i == 0 ? "" : ",") + R"({"jsonrpc":"2.0","id":1,"method":"work"})";
  }
  client.Send(batch + "]\n");
  const std::string answers = client.ReadLine();
  EXPECT_EQ(CallsMade(answers), 1);
  EXPECT_NE(answers.find("-32000"), std::string::npos);
}

TEST_F(PacedTest, ExpensiveLinesAreCutShort) {
  Start();
  RawClient client(path(), kHostile);
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    lines += kWork;
  }
  client.Send(lines);
  client.FinishSending();
  const std::string answers = client.ReadAll();
  EXPECT_EQ(CallsMade(answers), 1);
  EXPECT_NE(answers.find("-32000"), std::string::npos);
}

TEST_F(PacedTest, PeerThatWaitsForItsTurnCanTimeOut) {
  limits.message_time = milliseconds(300);
  Start();
  RawClient client(path(), kHostile);
  client.Send(kWork);
  client.ReadLine();
  client.Send("{");
  EXPECT_TRUE(client.IsClosedWithin(milliseconds(4000)));
  ExpectAlive();
}

TEST_F(PacedTest, RootDoesNotWait) {
  Start();
  RawClient client(path());
  client.Send(kWork);
  client.ReadLine();
  client.Send(kEcho);
  EXPECT_NE(client.ReadLine().find("result"), std::string::npos);
}

class ManyConnectionsTest : public ServerFixture {};

TEST_F(ManyConnectionsTest, EachUserHasALimitAndIsToldSo) {
  limits.connections_per_uid = 4;
  Start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<RawClient>(path(), kHostile));
  }
  RawClient one_more(path(), kHostile);
  EXPECT_NE(one_more.ReadLine().find("-32000"), std::string::npos);
  ExpectAlive();
}

#ifndef TWOFACTOR_SANITIZED  // A sanitizer needs descriptors of its own.
TEST_F(ManyConnectionsTest, ServerWaitsForDescriptors) {
  Start();
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{100, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  std::vector<UniqueFd> taken;
  do {
    taken.emplace_back(dup(0));
  } while (taken.back().valid());
  taken.pop_back();
  // The client's is the last one that there is.
  taken.pop_back();
  RawClient client(path());
  client.Send(kEcho);
  EXPECT_FALSE(client.IsReadableWithin(milliseconds(200)));
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_NE(client.ReadLine().find("result"), std::string::npos);
}
#endif

}  // namespace
}  // namespace twofactor
