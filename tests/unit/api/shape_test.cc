#include "helperd/messages/shape.h"

#include <gtest/gtest.h>

#include "helperd/twofactord/api/method_contracts.h"
#include "helperd/twofactord/api/user_entry_shape.h"

namespace twofactor {
namespace {

using nlohmann::json;

std::vector<std::string> FaultsOf(const char* method, const json& params) {
  const auto checked = CheckParams(ContractOf(method).parameters, params);
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
                                      "twofactor_options.b", ""}));
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
  const json schema(ParamsSchema(ContractOf("user.renew_2fa_secret").parameters));
  EXPECT_EQ(schema["type"], "array");
  EXPECT_EQ(schema["items"], false);
  EXPECT_EQ(schema["minItems"], 2);
  const json& options = schema["prefixItems"][1];
  EXPECT_EQ(options["additionalProperties"], false);
  EXPECT_EQ(options["properties"]["otp_digits"]["minimum"], 6);
  EXPECT_EQ(options["properties"]["otp_digits"]["maximum"], 8);
  EXPECT_EQ(options["properties"]["interval"]["minimum"], 5);
}

std::vector<std::string> FaultsIn(const Shape& shape, const json& value) {
  std::vector<Fault> faults;
  shape.Check(value, "v", faults);
  std::vector<std::string> told;
  for (const Fault& fault : faults) {
    told.push_back(fault.attribute + ": " + fault.message);
  }
  return told;
}

TEST(ShapeTest, LengthsCountCharactersAsTheSchemaSays) {
  const Shape two = Shape::String({.least = 2, .most = 2});
  EXPECT_TRUE(FaultsIn(two, "äß").empty());
  EXPECT_EQ(FaultsIn(two, "ä").size(), 1U);
  EXPECT_EQ(FaultsIn(two, "äß!").size(), 1U);
  EXPECT_EQ(json(two.Schema()), json({{"type", "string"}, {"minLength", 2}, {"maxLength", 2}}));
}

TEST(ShapeTest, BoundsThatAreNotThereBoundNothing) {
  EXPECT_TRUE(FaultsIn(Shape::Integer(), INT64_MIN).empty());
  EXPECT_TRUE(FaultsIn(Shape::Integer(), UINT64_MAX).empty());
  EXPECT_EQ(json(Shape::Integer().Schema()), json({{"type", "integer"}}));
  EXPECT_EQ(json(Shape::String().Schema()), json({{"type", "string"}}));
}

TEST(ShapeTest, FormatsAreCheckedAndNotOnlyWrittenDown) {
  const Shape email = Shape::String({.rule = &kEmailRule});
  const Shape moment = Shape::String({.rule = &kDateTimeRule});
  EXPECT_TRUE(FaultsIn(email, "a.b+c@example.org").empty());
  for (const char* text : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\n"}) {
    EXPECT_EQ(FaultsIn(email, text).size(), 1U) << text;
  }
  EXPECT_TRUE(FaultsIn(moment, "2024-02-29T23:59:59Z").empty());
  for (const char* text : {"", "2024-02-29", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
                           "2024-01-01T24:00:00Z", "12024-01-01T00:00:00Z"}) {
    EXPECT_EQ(FaultsIn(moment, text).size(), 1U) << text;
  }
  EXPECT_EQ(email.Schema()["format"], "email");
  EXPECT_EQ(moment.Schema()["format"], "date-time");
}

TEST(ShapeTest, UnionTellsTheFaultsOfTheShapeThatWasMeant) {
  const Shape either = Shape::AnyOf({Shape::Integer(), Shape::Array(Shape::Boolean())});
  EXPECT_TRUE(FaultsIn(either, 1).empty());
  EXPECT_EQ(FaultsIn(either, {true, 7}),
            std::vector<std::string>{"v.1: Input should be a valid boolean"});
  EXPECT_EQ(FaultsIn(either, "x"),
            std::vector<std::string>{
                "v: Input should be a valid integer, or: Input should be a valid list"});
}

TEST(ShapeTest, PartialObjectNeedsNoKeyAndStillKnowsThemAll) {
  const Shape whole =
      Shape::Object({{"a", "", Shape::Object({{"b", "", Shape::Integer(), true}}), true}});
  EXPECT_EQ(FaultsIn(whole, json::object()), std::vector<std::string>{"v.a: Field required"});
  EXPECT_TRUE(FaultsIn(whole.Partial(), json::object()).empty());
  EXPECT_TRUE(FaultsIn(whole.Partial(), {{"a", json::object()}}).empty());
  EXPECT_EQ(FaultsIn(whole.Partial(), {{"a", {{"b", "x"}, {"c", 1}}}}).size(), 2U);
}

TEST(ShapeTest, LimitIsLookedAtBeforeWhatItBounds) {
  const Shape limited = Shape::Limited(
      Shape::Array(Shape::Integer()), {2, [](const json& value) { return value.size(); }, "of it"});
  EXPECT_EQ(FaultsIn(limited, {1, "x"}).size(), 1U);
  EXPECT_EQ(FaultsIn(limited, {"x", "y", "z"}),
            std::vector<std::string>{"v: Input should have at most 2 of it"});
}

TEST(ShapeTest, EverySchemaNamesItsDialectAndEveryResultItsTitle) {
  for (const MethodContract& method : MethodContracts()) {
    const json params(ParamsSchema(method.parameters));
    const json result(ResultSchema(method.name, method.result));
    EXPECT_EQ(params["$schema"], "https://json-schema.org/draft/2020-12/schema") << method.name;
    EXPECT_EQ(result["$schema"], params["$schema"]) << method.name;
    EXPECT_TRUE(result["title"].get<std::string>().ends_with("Result")) << method.name;
    // The specification wants one item at least.
    EXPECT_TRUE(!params.contains("prefixItems") || !params["prefixItems"].empty()) << method.name;
  }
}

TEST(ShapeTest, HashesThatAreRedactedFitTheEntryAndNothingElseDoesInTheirPlace) {
  const json schema(UserEntryShape().Schema());
  EXPECT_EQ(schema["properties"].size(), 32U);
  EXPECT_EQ(schema["required"].size(), 32U);
  const auto faults = [](const json& history) {
    std::vector<Fault> found;
    UserEntryShape().Partial().Check({{"password_history", history}}, "", found);
    return found.size();
  };
  EXPECT_EQ(faults("********"), 0U);
  EXPECT_EQ(faults(nullptr), 0U);
  EXPECT_EQ(faults({{{"hash", "h"}}}), 0U);
  EXPECT_EQ(faults("*******"), 1U);
}

}  // namespace
}  // namespace twofactor
