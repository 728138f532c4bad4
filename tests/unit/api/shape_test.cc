#include "helperd/messages/shape.h"

#include <gtest/gtest.h>

#include "helperd/twofactord/api/method_table.h"

namespace twofactor {
namespace {

using nlohmann::json;

std::vector<std::string> FaultsOf(const char* method, const json& params) {
  const auto checked = CheckParams(FindMethod(method)->parameters, params);
  std::vector<std::string> attributes;
  if (!checked) {
    for (const Fault& fault : checked.error().faults()) {
      attributes.push_back(fault.attribute);
    }
  }
  return attributes;
}

TEST(ShapeTest, EveryFaultOfACallIsReportedAtOnce) {
  EXPECT_EQ(FaultsOf("user.renew_2fa_secret",
                     json::parse(R"([7, {"otp_digits": 9, "interval": 4, "a": 1, "b": 2}, 3])")),
            (std::vector<std::string>{"username", "twofactor_options.otp_digits",
                                      "twofactor_options.interval", "twofactor_options.a",
                                      "twofactor_options.b", "params"}));
}

TEST(ShapeTest, BothParametersOfARenewalAreRequired) {
  EXPECT_EQ(FaultsOf("user.renew_2fa_secret", json::array({"alice"})),
            std::vector<std::string>{"twofactor_options"});
  EXPECT_EQ(FaultsOf("user.renew_2fa_secret", json::array()).size(), 2U);
}

TEST(ShapeTest, BoundsHoldOnBothSides) {
  const auto options = [](const json& value) {
    return FaultsOf("user.renew_2fa_secret", json::array({"alice", value})).size();
  };
  EXPECT_EQ(options({{"otp_digits", 6}}), 0U);
  EXPECT_EQ(options({{"otp_digits", 8}}), 0U);
  EXPECT_EQ(options({{"otp_digits", 5}}), 1U);
  EXPECT_EQ(options({{"interval", 5}}), 0U);
  EXPECT_EQ(options({{"interval", 4}}), 1U);
  EXPECT_EQ(options({{"interval", 18446744073709551615U}}), 1U);
}

TEST(ShapeTest, TypesAreNotConverted) {
  for (const char* options :
       {R"({"otp_digits": "6"})", R"({"otp_digits": 6.0})", R"({"otp_digits": true})",
        R"({"otp_digits": null})", "[]", "null", "\"x\""}) {
    EXPECT_EQ(
        FaultsOf("user.renew_2fa_secret", json::array({"alice", json::parse(options)})).size(), 1U)
        << options;
  }
}

TEST(ShapeTest, NamesHaveABoundAndNoNul) {
  EXPECT_TRUE(FaultsOf("user.twofactor_config", json::array({std::string(112, 'a')})).empty());
  EXPECT_EQ(FaultsOf("user.twofactor_config", json::array({std::string(113, 'a')})).size(), 1U);
  EXPECT_EQ(FaultsOf("user.twofactor_config", json::array({""})).size(), 1U);
  EXPECT_EQ(FaultsOf("user.twofactor_config", json::array({std::string("a\0b", 3)})).size(), 1U);
}

TEST(ShapeTest, SchemaSaysWhatIsChecked) {
  const json schema(ParamsSchema(FindMethod("user.renew_2fa_secret")->parameters));
  EXPECT_EQ(schema["type"], "array");
  EXPECT_EQ(schema["items"], false);
  EXPECT_EQ(schema["minItems"], 2);
  const json& options = schema["prefixItems"][1];
  EXPECT_EQ(options["additionalProperties"], false);
  EXPECT_EQ(options["properties"]["otp_digits"]["minimum"], 6);
  EXPECT_EQ(options["properties"]["otp_digits"]["maximum"], 8);
  EXPECT_EQ(options["properties"]["interval"]["minimum"], 5);
}

}  // namespace
}  // namespace twofactor
