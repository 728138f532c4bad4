#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/websocket.hpp>

#include "helperd/twofactord/rpc/peer_usage.h"
#include "tests/unit/rpc/server_fixture.h"

namespace twofactor {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using nlohmann::json;

class ServerTest : public ServerFixture {};

TEST_F(ServerTest, AnswersComeAsTheyAreReadyById) {
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
  usleep(50000);
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

// The WebSocket of a client, blocking.
class WebSocketClient {
 public:
  explicit WebSocketClient(const std::string& path, const std::string& target = "/api/current")
      : stream_(io_) {
    stream_.next_layer().connect(asio::local::stream_protocol::endpoint(path));
    stream_.handshake("localhost", target);
  }

  void Send(const std::string& text) { stream_.write(asio::buffer(text)); }
  json Read() {
    boost::beast::flat_buffer buffer;
    stream_.read(buffer);
    return json::parse(boost::beast::buffers_to_string(buffer.data()));
  }
  websocket::stream<asio::local::stream_protocol::socket>& stream() { return stream_; }

 private:
  asio::io_context io_;
  websocket::stream<asio::local::stream_protocol::socket> stream_;
};

TEST_F(ServerTest, WebSocketCarriesCallsOnEveryVersionsPath) {
  Start();
  for (const char* target : {"/api/current", "/api/v25.10.0"}) {
    WebSocketClient client(path(), target);
    client.Send(R"({"jsonrpc":"2.0","id":1,"method":"echo","params":[3]})");
    EXPECT_EQ(client.Read()["result"], json({3}));
  }
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

TEST_F(ServerTest, WebSocketMessageInDribletsIsClosedWhenItsTimeIsOver) {
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

TEST(PeerUsageTest, OneUidHasItsLimitAndRootItsReserve) {
  Limits limits;
  limits.connections = 5;
  limits.connections_for_root = 2;
  limits.connections_per_uid = 2;
  PeerUsage usage(limits);
  EXPECT_TRUE(usage.AddConnection(1000) && usage.AddConnection(1000));
  EXPECT_FALSE(usage.AddConnection(1000));
  EXPECT_TRUE(usage.AddConnection(1001));
  EXPECT_FALSE(usage.AddConnection(1002));
  EXPECT_TRUE(usage.AddConnection(0) && usage.AddConnection(0));
  EXPECT_FALSE(usage.AddConnection(0));
  usage.RemoveConnection(1000);
  EXPECT_TRUE(usage.AddConnection(0));
}

TEST(PeerUsageTest, CallsOfAUidAreBudgetedAndRootsAreNot) {
  Limits limits;
  limits.calls_at_once = 3;
  limits.calls_per_second = 1;
  limits.calls_per_uid = 2;
  PeerUsage usage(limits);
  const CallBudget::Moment now = CallBudget::Moment::clock::now();
  EXPECT_TRUE(usage.AddCall(1000, now) && usage.AddCall(1000, now));
  EXPECT_FALSE(usage.AddCall(1000, now));
  usage.RemoveCall(1000);
  EXPECT_TRUE(usage.AddCall(1000, now));
  usage.RemoveCall(1000);
  EXPECT_FALSE(usage.AddCall(1000, now));
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(usage.AddCall(0, now));
  }
}

}  // namespace
}  // namespace twofactor
