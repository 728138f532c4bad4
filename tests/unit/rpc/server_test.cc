#include "tests/unit/rpc/server_fixture.h"
#include "tests/unit/rpc/web_socket_client.h"

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

}  // namespace
}  // namespace twofactor
