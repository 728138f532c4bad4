#include "helperd/twofactord/rpc/json_rpc.h"

#include <gtest/gtest.h>

#include "helperd/twofactord/rpc/rpc_errors.h"
#include "helperd/twofactord/rpc/web_socket_connection.h"

namespace twofactor {
namespace {

using nlohmann::json;

RpcEntry One(std::string_view text) { return ParseMessage(text, Limits{}).entries.at(0); }
int CodeOf(std::string_view text) { return One(text).error.value()["code"].get<int>(); }

TEST(JsonRpcTest, ReadsACall) {
  const RpcEntry entry = One(R"({"jsonrpc":"2.0","id":"x","method":"m","params":[1,2]})");
  EXPECT_FALSE(entry.error);
  EXPECT_FALSE(entry.notification);
  EXPECT_EQ(entry.id, "x");
  EXPECT_EQ(entry.method, "m");
  EXPECT_EQ(entry.params, json({1, 2}));
}

TEST(JsonRpcTest, IdsAreStringsNumbersOrNull) {
  EXPECT_EQ(One(R"({"jsonrpc":"2.0","id":1.5,"method":"m"})").id, 1.5);
  EXPECT_FALSE(One(R"({"jsonrpc":"2.0","id":null,"method":"m"})").notification);
  EXPECT_TRUE(One(R"({"jsonrpc":"2.0","method":"m"})").notification);
  EXPECT_EQ(CodeOf(R"({"jsonrpc":"2.0","id":[1],"method":"m"})"), -32600);
  EXPECT_EQ(CodeOf(R"({"jsonrpc":"2.0","id":true,"method":"m"})"), -32600);
}

TEST(JsonRpcTest, OtherObjectsAreInvalidRequests) {
  for (const char* text :
       {"1", "\"x\"", "null", "[]", "{}", R"({"jsonrpc":"1.0","id":1,"method":"m"})",
        R"({"jsonrpc":"2.0","id":1})", R"({"jsonrpc":"2.0","id":1,"method":7})",
        R"({"jsonrpc":"2.0","id":1,"method":"m","params":"p"})"}) {
    EXPECT_EQ(CodeOf(text), -32600) << text;
  }
}

TEST(JsonRpcTest, InvalidJsonIsAParseError) {
  const std::string deep = std::string(33, '[') + std::string(33, ']');
  for (const std::string& text :
       {std::string("{"), std::string("{\"a\":}"), std::string("\"\xff\""),
        std::string("\"\xc0\x80\""), std::string("{\"a\":1}x"), std::string("\"a\0b\"", 5), deep,
        std::string(100000, '[')}) {
    EXPECT_EQ(CodeOf(text), -32700) << text.substr(0, 40);
  }
}

TEST(JsonRpcTest, NestingIsBoundedExactly) {
  Limits limits;
  limits.message_depth = 3;
  EXPECT_EQ(ParseMessage("[[[1]]]", limits).entries[0].error.value()["code"], -32600);
  EXPECT_EQ(ParseMessage("[[[[1]]]]", limits).entries[0].error.value()["code"], -32700);
}

TEST(JsonRpcTest, BatchesAreBounded) {
  Limits limits;
  limits.batch_entries = 2;
  const std::string call = R"({"jsonrpc":"2.0","id":1,"method":"m"})";
  EXPECT_EQ(ParseMessage("[" + call + "," + call + "]", limits).entries.size(), 2U);
  const RpcMessage refused = ParseMessage("[" + call + "," + call + "," + call + "]", limits);
  EXPECT_FALSE(refused.batch);
  EXPECT_EQ(refused.entries.at(0).error.value()["code"], -32600);
}

TEST(JsonRpcTest, ParametersByNameAreRefused) {
  EXPECT_EQ(CodeOf(R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"a":1}})"), -32600);
}

TEST(JsonRpcTest, EmptyMethodNameIsAnInvalidRequest) {
  EXPECT_EQ(CodeOf(R"({"jsonrpc":"2.0","id":1,"method":""})"), -32600);
}

TEST(RpcErrorsTest, ErrorObjectsAreAsDocumented) {
  EXPECT_EQ(ErrorObject(Error(ErrorCode::kNotPermitted, "why")),
            json::parse(R"({"code":-32001,"message":"Method call error","data":{"error":1,
              "errname":"EPERM","reason":"[EPERM] why","trace":null,"extra":null}})"));
  EXPECT_EQ(ErrorObject(Error::InvalidParams({{"a.b", "bad", 22}, {"c", "worse", 22}})),
            json::parse(R"({"code":-32602,"message":"Invalid params","data":{"error":22,
              "errname":"EINVAL","reason":"[EINVAL] a.b: bad\n[EINVAL] c: worse","trace":null,
              "extra":[["a.b","bad",22],["c","worse",22]]}})"));
  EXPECT_EQ(ErrorObject(Error(ErrorCode::kUnknownMethod, "x")),
            json::parse(R"({"code":-32601,"message":"Method does not exist","data":null})"));
  EXPECT_EQ(TooManyCallsObject(),
            json::parse(R"({"code":-32000,"message":"Too many concurrent calls","data":null})"));
}

TEST(JsonRpcTest, AnswersAreOneLineOfAsciiWhateverTheyContain) {
  const std::string text = ToText(MakeAnswer(1, json("gr\xc3\xb6\xc3\x9f\x65 \xff \n")));
  EXPECT_EQ(text.find('\n'), std::string::npos);
  for (const char character : text) {
    EXPECT_GT(character, 0);
  }
}

TEST(JsonRpcTest, ResultWithItsTextKeepsIt) {
  const auto text = std::make_shared<const std::string>(R"({"b":1,"a":2})");
  EXPECT_EQ(AnswerText("x", CallResult(json::parse(*text), text)),
            R"({"id":"x","jsonrpc":"2.0","result":{"b":1,"a":2}})");
}

TEST(ApiPathTest, IsCurrentOrAVersion) {
  EXPECT_EQ(ParseApiPath("/api/current"), (ApiVersion{25, 4, 2}));
  EXPECT_EQ(ParseApiPath("/api/current?x=1"), ApiVersion{});
  EXPECT_EQ(ParseApiPath("/api/v25.04.0"), (ApiVersion{25, 4, 0}));
  EXPECT_EQ(ParseApiPath("/api/v25.10"), (ApiVersion{25, 10, 0}));
  EXPECT_EQ(ParseApiPath("/api/v9999.9999.9999"), (ApiVersion{9999, 9999, 9999}));
  for (const char* path : {"/", "/api", "/api/currently", "/api/v1", "/api/vx.y.z", "/api/v1.2.3/x",
                           "/api/v1.2.3.4", "/api/v10000.1.1"}) {
    EXPECT_FALSE(ParseApiPath(path)) << path;
  }
}

}  // namespace
}  // namespace twofactor
