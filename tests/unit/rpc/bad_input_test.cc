// Whatever is sent, the answer is a clear error or a closed connection, and others are served
// meanwhile.
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "tests/unit/rpc/server_fixture.h"
#include "tests/unit/rpc/web_socket_client.h"

namespace twofactor {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

class BadInputTest : public ServerFixture {};

long ResidentKilobytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word == "VmRSS:") {
      long kilobytes = 0;
      status >> kilobytes;
      return kilobytes;
    }
  }
  return 0;
}

TEST_F(BadInputTest, MalformedLinesAreAnsweredAndTheConnectionGoesOn) {
  Start();
  RawClient client(path());
  client.Send("{\n");
  EXPECT_NE(client.ReadLine().find("-32700"), std::string::npos);
  client.Send("{\"jsonrpc\":\"2.0\",\"id\":1}\n");
  EXPECT_NE(client.ReadLine().find("-32600"), std::string::npos);
  client.Send(std::string("{\"a\":\"x\0y\"}\n", 12));
  EXPECT_NE(client.ReadLine().find("-32700"), std::string::npos);
  client.Send("{\"a\":\"\xff\"}\n");
  EXPECT_NE(client.ReadLine().find("-32700"), std::string::npos);
  client.Send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"echo\",\"params\":[]}\n");
  EXPECT_NE(client.ReadLine().find("\"result\":[]"), std::string::npos);
}

TEST_F(BadInputTest, OtherFirstBytesAreAnsweredAndClosed) {
  Start();
  for (const char* first : {"x", "\n", " {", "\x16\x03\x01"}) {
    RawClient client(path());
    client.Send(first);
    EXPECT_NE(client.ReadAll().find("-32700"), std::string::npos);
  }
  ExpectAlive();
}

TEST_F(BadInputTest, LineOfTenMegabytesIsRefusedWithoutBeingKept) {
  Start();
  const auto send_ten_megabytes = [this] {
    RawClient client(path());
    client.Send("{\"a\":\"");
    const std::string chunk(65536, 'x');
    int sent = 0;
    while (sent < 160 && client.Send(chunk)) {
      ++sent;
    }
    EXPECT_LT(sent, 160);
  };
  // What the first one costs the allocator and a sanitizer's shadow is no line that is kept.
  send_ten_megabytes();
  const long before = ResidentKilobytes();
  send_ten_megabytes();
  EXPECT_LT(ResidentKilobytes() - before, 4096);
  ExpectAlive();
}

TEST_F(BadInputTest, MessageSizeIsBoundedExactly) {
  limits.message_bytes = 100;
  Start();
  const std::string head = R"({"jsonrpc":"2.0","id":1,"method":"echo","params":[")";
  const std::string tail = R"("]})";
  const std::string fits = head + std::string(100 - head.size() - tail.size(), 'x') + tail;
  EXPECT_NE(Ask(fits).find("result"), std::string::npos);
  RawClient client(path());
  client.Send(head + std::string(101 - head.size() - tail.size(), 'x') + tail + "\n");
  EXPECT_NE(client.ReadAll().find("-32700"), std::string::npos);
}

TEST_F(BadInputTest, OneByteAtATimeIsClosedWhenTheMessagesTimeIsOver) {
  limits.message_time = milliseconds(300);
  Start();
  RawClient client(path());
  const auto start = std::chrono::steady_clock::now();
  while (client.Send("{") && std::chrono::steady_clock::now() - start < milliseconds(3000)) {
    usleep(20000);
    ExpectAlive();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(2000));
}

TEST_F(BadInputTest, SilenceIsClosed) {
  limits.message_time = milliseconds(200);
  Start();
  RawClient client(path());
  EXPECT_TRUE(client.IsClosedWithin(milliseconds(2000)));
}

TEST_F(BadInputTest, PeerThatNeverReadsIsClosedAndItsAnswersAreBounded) {
  limits.write_time = milliseconds(500);
  Start();
  const long before = ResidentKilobytes();
  RawClient client(path());
  const std::string call = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"big\",\"params\":[]}\n";
  const timeval patience{3, 0};
  setsockopt(client.fd(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  for (int i = 0; i < 20000 && client.Send(call); ++i) {
  }
  EXPECT_LT(ResidentKilobytes() - before, 32 * 1024);
  ExpectAlive();
  EXPECT_TRUE(client.IsClosedWithin(milliseconds(4000)));
}

// A user's connection that leaves answers unread, for tests with a bound of 220 KiB: the socket's
// buffer takes one or two of its three, so that one or two wait in the server.
RawClient ClientThatDoesNotRead(const std::string& path, uid_t user) {
  RawClient greedy(path, user);
  for (int i = 0; i < 3; ++i) {
    greedy.Send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"big\"}\n");
    // Read at once, the three would be more than the bound.
    greedy.ExpectServerHasRead();
  }
  return greedy;
}

std::string CallWithLongAnswer() {
  return R"({"jsonrpc":"2.0","id":1,"method":"echo","params":[")" + std::string(160000, 'x') +
         "\"]}";
}

TEST_F(BadInputTest, PeerWhoseOtherConnectionsLeaveTooMuchUnreadIsToldWhy) {
  limits.message_bytes = 256UL * 1024;
  limits.output_bytes_per_uid = 220UL * 1024;
  Start();
  constexpr uid_t kUser = 12345;
  RawClient before(path(), kUser);
  before.Send(CallWithLongAnswer() + "\n");
  EXPECT_EQ(json::parse(before.ReadLine())["id"], 1);
  const RawClient greedy = ClientThatDoesNotRead(path(), kUser);
  RawClient client(path(), kUser);
  client.Send(CallWithLongAnswer() + "\n");
  json said = json::parse(client.ReadLine());
  EXPECT_EQ(said["id"], nullptr);
  EXPECT_EQ(said["error"]["code"], -32000);
  EXPECT_TRUE(client.IsClosedWithin(milliseconds(1000)));
  ExpectAlive();
}

TEST_F(BadInputTest, WebSocketWhoseUserLeavesTooMuchUnreadIsToldWhy) {
  limits.message_bytes = 256UL * 1024;
  limits.output_bytes_per_uid = 220UL * 1024;
  Start();
  constexpr uid_t kUser = 12345;
  const RawClient greedy = ClientThatDoesNotRead(path(), kUser);
  const AsUser user(kUser);
  WebSocketClient client(path());
  client.Send(CallWithLongAnswer());
  boost::beast::flat_buffer buffer;
  boost::system::error_code error;
  client.stream().read(buffer, error);
  EXPECT_EQ(error, boost::beast::websocket::error::closed);
  EXPECT_EQ(client.stream().reason().code, boost::beast::websocket::close_code::try_again_later);
}

TEST_F(BadInputTest, PeerThatLeavesDuringItsCallHarmsNobody) {
  Start();
  {
    RawClient client(path());
    client.Send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hold\"}\n");
    client.ExpectServerHasRead();
  }
  EXPECT_NE(Ask(R"({"jsonrpc":"2.0","id":1,"method":"release"})").find("true"), std::string::npos);
  ExpectAlive();
}

TEST_F(BadInputTest, TooManyConcurrentCallsAreRefusedAsSuch) {
  limits.calls_per_connection = 2;
  Start();
  RawClient client(path());
  for (int i = 0; i < 3; ++i) {
    client.Send("{\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(i) + ",\"method\":\"hold\"}\n");
  }
  const auto answer = nlohmann::json::parse(client.ReadLine());
  EXPECT_EQ(answer["id"], 2);
  EXPECT_EQ(answer["error"]["code"], -32000);
  Ask(R"({"jsonrpc":"2.0","id":1,"method":"release"})");
  EXPECT_NE(client.ReadLine().find("released"), std::string::npos);
}

// Answers of a batch wait for its last one, and are not to be kept without a bound meanwhile.
TEST_F(BadInputTest, AnswersThatWaitForTheRestOfTheirBatchAreBounded) {
  limits.output_bytes = 350'000;
  Start();
  std::string batch = R"([{"jsonrpc":"2.0","id":0,"method":"hold"})";
  for (int i = 1; i < 20; ++i) {
    batch += R"(,{"jsonrpc":"2.0","id":)" + std::to_string(i) + R"(,"method":"big"})";
  }
  RawClient client(path());
  client.Send(batch + "]\n");
  EXPECT_NE(Ask(R"({"jsonrpc":"2.0","id":1,"method":"release"})").find("true"), std::string::npos);
  const auto answers = nlohmann::json::parse(client.ReadLine());
  ASSERT_EQ(answers.size(), 20U);
  for (int i = 0; i < 19; ++i) {
    const auto& answer = answers[static_cast<std::size_t>(i)];
    EXPECT_EQ(answer["id"], i + 1);
    EXPECT_EQ(answer.contains("result"), i < 3) << i;
    EXPECT_EQ(answer.value("error", nlohmann::json::object()).value("code", 0), i < 3 ? 0 : -32000);
  }
  EXPECT_EQ(answers[19]["result"], "released");
  client.Send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"big\"}\n");
  EXPECT_EQ(nlohmann::json::parse(client.ReadLine())["id"], 1);
}

TEST_F(BadInputTest, MessagesWhoseCallsAreUnderWayAreBounded) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  limits.message_bytes_per_uid = 1000;
  Start();
  RawClient client(path(), 1000);
  const std::string padding(400, ' ');
  const auto call = [&padding](int id, const std::string& method) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + method + "\"" +
           padding + "}\n";
  };
  client.Send(call(1, "hold") + call(2, "hold") + call(3, "hold"));
  const auto refused = nlohmann::json::parse(client.ReadLine());
  EXPECT_EQ(refused["id"], 3);
  EXPECT_EQ(refused["error"]["code"], -32000);
  Ask(R"({"jsonrpc":"2.0","id":1,"method":"release"})");
  EXPECT_EQ(nlohmann::json::parse(client.ReadLine())["id"], 1);
  EXPECT_EQ(nlohmann::json::parse(client.ReadLine())["id"], 2);
  client.Send(call(4, "echo"));
  EXPECT_EQ(nlohmann::json::parse(client.ReadLine())["id"], 4);
}

TEST_F(BadInputTest, RequestThatIsNoUpgradeGetsAnHttpErrorAndAClose) {
  Start();
  const struct {
    const char* request;
    const char* status;
  } cases[] = {{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "404"},
               {"GET /api/current HTTP/1.1\r\nHost: x\r\n\r\n", "426"},
               {"GET /api/current\r\n\r\n", "400"},
               {"Gibberish\r\n\r\n", "400"}};
  for (const auto& [request, status] : cases) {
    RawClient client(path());
    client.Send(request);
    EXPECT_EQ(client.ReadAll().substr(9, 3), status) << request;
  }
  RawClient endless(path());
  endless.Send("GET /api/current HTTP/1.1\r\n" + std::string(20000, 'a'));
  EXPECT_EQ(endless.ReadAll().substr(9, 3), "400");
  ExpectAlive();
}

TEST_F(BadInputTest, TenThousandConnectionsOfOneUserLeaveRoomForOthers) {
  // Root is not bound by the limit for a uid; the total one binds everybody.
  limits.connections = 50;
  Start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(std::make_unique<RawClient>(path()));
  }
  usleep(100000);
  EXPECT_NE(Ask("{}").find("-32000"), std::string::npos);
  clients.clear();
  usleep(100000);
  ExpectAlive();
}

}  // namespace
}  // namespace twofactor
