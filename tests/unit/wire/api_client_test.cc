#include "common/wire/api_client.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>

#include "tests/unit/wire/fake_daemon.h"

namespace twofactor {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

Result<json> Ask(const FakeDaemon& daemon, milliseconds timeout = kAmple) {
  auto client = ApiClient::Connect(daemon.paths(), timeout);
  return client ? client->Call("some.method", {"alice", 1}) : Result<json>(Fail(client.error()));
}

std::string Refusal(int code, const json& data) {
  const json answer = {{"jsonrpc", "2.0"},
                       {"id", 1},
                       {"error", {{"code", code}, {"message", "Words"}, {"data", data}}}};
  return answer.dump() + "\n";
}

TEST(ApiClientTest, AnswerToTheSameCallIsReturned) {
  FakeDaemon daemon("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"a\":[1,null]}}\n");
  const auto answer = Ask(daemon);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(*answer, json::parse(R"({"a":[1,null]})"));
  EXPECT_EQ(json::parse(daemon.request()),
            json::parse(R"({"jsonrpc":"2.0","id":1,"method":"some.method","params":["alice",1]})"));
}

TEST(ApiClientTest, EachCallHasItsOwnId) {
  FakeDaemon daemon([](int connection) {
    for (int id = 1; id <= 3; ++id) {
      ReadRequest(connection);
      Say(connection,
          R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":null})" + "\n");
    }
  });
  auto client = ApiClient::Connect(daemon.paths(), kAmple);
  ASSERT_TRUE(client);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(client->Call("core.ping", json::array()));
  }
}

TEST(ApiClientTest, TextThatIsNoUtf8DoesNotThrow) {
  FakeDaemon daemon("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":true}\n");
  auto client = ApiClient::Connect(daemon.paths(), kAmple);
  ASSERT_TRUE(client);
  EXPECT_TRUE(client->Call("user.twofactor_config", json::array({"\xff\xfe"})));
}

// Only a well-formed answer to the very call is one; everything else is no answer.
class MalformedAnswerTest : public testing::TestWithParam<const char*> {};

TEST_P(MalformedAnswerTest, IsCorrupt) {
  FakeDaemon daemon(std::string(GetParam()) + "\n");
  const auto answer = Ask(daemon);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kCorrupt) << answer.error().message();
}

INSTANTIATE_TEST_SUITE_P(
    Forms, MalformedAnswerTest,
    testing::Values(
        "", "true", "garbage", "[]", "{", "{}", "\xff",
        R"([{"jsonrpc":"2.0","id":1,"result":true}])", R"({"id":1,"result":true})",
        R"({"jsonrpc":2.0,"id":1,"result":true})", R"({"jsonrpc":"1.0","id":1,"result":true})",
        R"({"jsonrpc":"2.0","result":true})", R"({"jsonrpc":"2.0","id":null,"result":true})",
        R"({"jsonrpc":"2.0","id":2,"result":true})", R"({"jsonrpc":"2.0","id":0,"result":true})",
        R"({"jsonrpc":"2.0","id":"1","result":true})", R"({"jsonrpc":"2.0","id":1})",
        R"({"jsonrpc":"2.0","id":1,"result":true,"error":null})",
        R"({"jsonrpc":"2.0","id":1,"result":true,"error":{"code":1}})",
        R"({"jsonrpc":"2.0","id":1,"error":"no"})", R"({"jsonrpc":"2.0","id":1,"error":{}})",
        R"({"jsonrpc":"2.0","id":1,"error":{"code":"x"}})",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":true}\n{\"jsonrpc\":\"2.0\",\"id\":1,"
        "\"result\":true}"));

class RefusalTest : public testing::TestWithParam<std::tuple<int, ErrorCode>> {};

TEST_P(RefusalTest, KeepsItsKindAndReason) {
  const auto [number, code] = GetParam();
  FakeDaemon daemon(Refusal(-32001, {{"error", number},
                                     {"errname", "NAME"},
                                     {"reason", "[NAME] why not"},
                                     {"trace", nullptr},
                                     {"extra", nullptr}}));
  const auto answer = Ask(daemon);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), code);
  EXPECT_EQ(answer.error().message(), "why not");
}

INSTANTIATE_TEST_SUITE_P(Errnos, RefusalTest,
                         testing::Values(std::tuple{EPERM, ErrorCode::kNotPermitted},
                                         std::tuple{ENOENT, ErrorCode::kNoSuchUser},
                                         std::tuple{EACCES, ErrorCode::kFactorRequired},
                                         std::tuple{EAGAIN, ErrorCode::kRateLimited},
                                         std::tuple{EINVAL, ErrorCode::kConflict},
                                         std::tuple{ETIMEDOUT, ErrorCode::kTimedOut},
                                         std::tuple{EFAULT, ErrorCode::kInternal},
                                         std::tuple{0, ErrorCode::kInternal}));

TEST(ApiClientTest, EveryValidationErrorIsReturned) {
  FakeDaemon daemon(Refusal(
      -32602, {{"error", 22},
               {"reason", "[EINVAL] a: b"},
               {"extra", {{"options.digits", "too many", 22}, {"options.x", "what?", 22}}}}));
  const auto answer = Ask(daemon);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kInvalidParams);
  ASSERT_EQ(answer.error().faults().size(), 2U);
  EXPECT_EQ(answer.error().faults()[1].attribute, "options.x");
}

TEST(ApiClientTest, OlderAndBusyDaemonsAreDistinguished) {
  FakeDaemon older(Refusal(-32601, nullptr));
  EXPECT_EQ(Ask(older).error().code(), ErrorCode::kUnknownMethod);
  FakeDaemon busy(Refusal(-32000, nullptr));
  EXPECT_EQ(Ask(busy).error().code(), ErrorCode::kRateLimited);
}

TEST(ApiClientTest, AnswerOfTheMaximumSizeIsReadAndOneByteMoreIsNot) {
  const std::string head = R"({"jsonrpc":"2.0","id":1,"result":")";
  const std::string tail = "\"}";
  const std::size_t most = ApiClient::kMaxAnswerBytes - head.size() - tail.size();
  FakeDaemon longest(head + std::string(most, 'a') + tail + "\n");
  EXPECT_TRUE(Ask(longest));
  FakeDaemon longer(head + std::string(most + 1, 'a') + tail + "\n");
  EXPECT_EQ(Ask(longer).error().code(), ErrorCode::kCorrupt);
}

TEST(ApiClientTest, LateAnswerIsNotTakenForTheNextCalls) {
  FakeDaemon daemon([](int connection) {
    ReadRequest(connection);
    poll(nullptr, 0, 200);
    Say(connection, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":true}\n");
    Say(connection, "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":true}\n");
    ReadRequest(connection);
  });
  auto client = ApiClient::Connect(daemon.paths(), milliseconds(50));
  ASSERT_TRUE(client);
  EXPECT_EQ(client->Call("a", json::array()).error().code(), ErrorCode::kTimedOut);
  poll(nullptr, 0, 300);
  EXPECT_EQ(client->Call("b", json::array()).error().code(), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace twofactor
