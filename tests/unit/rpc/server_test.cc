#include "tests/unit/rpc/server_fixture.h"
#include "tests/unit/rpc/web_socket_client.h"

namespace twofactor {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using nlohmann::json;

class ServerTest : public ServerFixture {};

TEST_F(ServerTest, AnswersArriveWhenTheyAreReadyWithTheirId) {
  Start();
  RawClient client(path());
  client.Send(
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hold\"}\n"
      "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"echo\",\"params\":[]}\n");
  EXPECT_EQ(json::parse(client.ReadLine())["id"], 2);
  client.Send("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"release\"}\n");
  EXPECT_EQ(json::parse(client.ReadLine())["id"], 1);
  EXPECT_EQ(json::parse(client.ReadLine())["id"], 3);
}

TEST_F(ServerTest, BatchIsAnsweredAsOneListWithoutNotifications) {
  Start();
  const json answer = AskJson(
      R"([{"jsonrpc":"2.0","id":1,"method":"echo","params":[1]},{"jsonrpc":"2.0","method":"echo"},7])");
  ASSERT_EQ(answer.size(), 2U);
  EXPECT_EQ(Ask(R"([{"jsonrpc":"2.0","method":"echo"}])"
                "\n"
                R"({"jsonrpc":"2.0","id":9,"method":"echo"})"),
            R"({"id":9,"jsonrpc":"2.0","result":[]})");
}

TEST_F(ServerTest, PeerThatShutItsSideDownStillGetsItsAnswers) {
  Start();
  RawClient client(path());
  client.Send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hold\"}\n");
  client.FinishSending();
  client.ExpectServerHasRead();
  Ask(R"({"jsonrpc":"2.0","id":1,"method":"release"})");
  EXPECT_NE(client.ReadAll().find("released"), std::string::npos);
}

TEST_F(ServerTest, MessageInManyPiecesIsOneMessage) {
  Start();
  RawClient client(path());
  for (const char byte : std::string("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}\n")) {
    client.Send(std::string_view(&byte, 1));
  }
  EXPECT_NE(client.ReadLine().find("result"), std::string::npos);
}

TEST_F(ServerTest, WebSocketCarriesCallsOnEveryVersionsPath) {
  Start();
  for (const char* target : {"/api/current", "/api/v25.10.0"}) {
    WebSocketClient client(path(), target);
    client.Send(R"({"jsonrpc":"2.0","id":1,"method":"echo","params":[3]})");
    EXPECT_EQ(client.Read()["result"], json({3}));
  }
}

TEST_F(ServerTest, AMomentIsAnObjectOnTheWebSocketAndTextOnLines) {
  Start();
  const std::string call = R"({"jsonrpc":"2.0","id":1,"method":"moment"})";
  WebSocketClient client(path());
  client.Send(call);
  EXPECT_EQ(client.Read()["result"], json({{"at", {{"$date", 86400000}}}}));
  EXPECT_EQ(AskJson(call)["result"], json({{"at", "1970-01-02T00:00:00Z"}}));
}

TEST_F(ServerTest, ASessionHasTheVersionOfItsPath) {
  Start();
  const std::string call = R"({"jsonrpc":"2.0","id":1,"method":"version"})";
  WebSocketClient old(path(), "/api/v25.10.1");
  old.Send(call);
  EXPECT_EQ(old.Read()["result"], json({25, 10, 1}));
  EXPECT_EQ(AskJson(call)["result"], json({25, 4, 2}));
}

TEST_F(ServerTest, NotificationsReachThePeerOnBothTransports) {
  Start();
  const std::string call = R"({"jsonrpc":"2.0","id":1,"method":"tell","params":[1,"y"]})";
  WebSocketClient client(path());
  client.Send(call);
  EXPECT_EQ(client.Read(), json::parse(R"({"jsonrpc":"2.0","method":"told",
                                           "params":{"at":{"$date":0},"x":"y"}})"));
  EXPECT_EQ(client.Read()["result"], 1);
  RawClient lines(path());
  lines.Send(call + "\n");
  EXPECT_EQ(json::parse(lines.ReadLine()), json::parse(R"({"jsonrpc":"2.0","method":"told",
                            "params":{"at":"1970-01-01T00:00:00Z","x":"y"}})"));
  EXPECT_EQ(json::parse(lines.ReadLine())["result"], 1);
}

TEST_F(ServerTest, APeerThatDoesNotReadIsNotifiedOfNothingMore) {
  limits.output_pause_bytes = 10000;
  Start();
  RawClient client(path());
  const json call = {{"jsonrpc", "2.0"},
                     {"id", 1},
                     {"method", "tell"},
                     {"params", {1000, std::string(5000, 'x')}}};
  client.Send(call.dump() + "\n");
  json last;
  for (std::string line = client.ReadLine(); !line.empty(); line = client.ReadLine()) {
    last = json::parse(line);
    if (last.contains("result")) {
      break;
    }
  }
  EXPECT_LT(last["result"], 10);
  ExpectAlive();
}

TEST_F(ServerTest, AnIdleWebSocketThatAnswersPingsIsKeptAndOneThatDoesNotIsDropped) {
  limits.idle_time = std::chrono::milliseconds(400);
  Start();
  WebSocketClient live(path());
  int pings = 0;
  live.stream().control_callback([&pings](websocket::frame_type kind, boost::beast::string_view) {
    pings += kind == websocket::frame_type::ping ? 1 : 0;
  });
  boost::beast::flat_buffer buffer;
  live.stream().async_read(buffer, [](boost::system::error_code, std::size_t) {});
  WebSocketClient dead(path());
  live.RunFor(std::chrono::milliseconds(2000));
  EXPECT_GE(pings, 3);
  live.Send(R"({"jsonrpc":"2.0","id":1,"method":"echo","params":[3]})");
  live.RunFor(std::chrono::milliseconds(500));
  EXPECT_EQ(json::parse(boost::beast::buffers_to_string(buffer.data()))["result"], json({3}));
  // The pings, then the end.
  boost::system::error_code error;
  char bytes[64];
  while (!error) {
    dead.stream().next_layer().read_some(asio::buffer(bytes), error);
  }
  EXPECT_EQ(error, asio::error::eof);
  ExpectAlive();
}

TEST_F(ServerTest, ALineConnectionThatAwaitsEventsIsNotIdle) {
  limits.idle_time = std::chrono::milliseconds(200);
  Start();
  RawClient idle(path());
  idle.Send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}\n");
  RawClient waits(path());
  waits.Send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"await\"}\n");
  waits.ReadLine();
  EXPECT_TRUE(idle.IsClosedWithin(std::chrono::milliseconds(2000)));
  EXPECT_FALSE(waits.IsReadableWithin(std::chrono::milliseconds(600)));
}

TEST_F(ServerTest, WebSocketPutsFragmentsTogetherAndAnswersPings) {
  Start();
  WebSocketClient client(path());
  bool ponged = false;
  client.stream().control_callback(
      [&ponged](websocket::frame_type kind, boost::beast::string_view) {
        ponged = ponged || kind == websocket::frame_type::pong;
      });
  client.stream().ping("x");
  client.stream().write_some(false, asio::buffer(std::string(R"({"jsonrpc":"2.0","id":1,)")));
  client.stream().write_some(true, asio::buffer(std::string(R"("method":"echo"})")));
  EXPECT_EQ(client.Read()["id"], 1);
  EXPECT_TRUE(ponged);
}

TEST_F(ServerTest, WebSocketRefusesBinaryAndOverlongMessages) {
  limits.message_bytes = 1000;
  Start();
  WebSocketClient binary(path());
  binary.stream().binary(true);
  binary.Send("{}");
  boost::system::error_code error;
  boost::beast::flat_buffer buffer;
  binary.stream().read(buffer, error);
  EXPECT_EQ(error, websocket::error::closed);
  EXPECT_EQ(binary.stream().reason().code, websocket::close_code::unknown_data);
  WebSocketClient longer(path());
  longer.Send(std::string(1001, ' '));
  longer.stream().read(buffer, error);
  EXPECT_TRUE(error);
  ExpectAlive();
}

TEST_F(ServerTest, SlowWebSocketMessageIsClosedAtItsDeadline) {
  limits.message_time = std::chrono::milliseconds(300);
  Start();
  WebSocketClient client(path());
  const auto start = std::chrono::steady_clock::now();
  boost::system::error_code error;
  while (!error && std::chrono::steady_clock::now() - start < std::chrono::seconds(5)) {
    client.stream().write_some(false, asio::buffer(std::string(" ")), error);
    usleep(20000);
  }
  EXPECT_TRUE(error);
  ExpectAlive();
}

}  // namespace
}  // namespace twofactor
