#include "helperd/messages/date_time.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

using nlohmann::json;

TEST(DateTimeTest, TextIsReadAsIso8601WritesIt) {
  EXPECT_EQ(ParseDateTime("1970-01-01"), 0);
  EXPECT_EQ(ParseDateTime("1970-01-02T00:00"), 86400000);
  EXPECT_EQ(ParseDateTime("1970-01-01 00:00:01.5Z"), 1500);
  EXPECT_EQ(ParseDateTime("1970-01-01T00:00:00.123456789"), 123);
  EXPECT_EQ(ParseDateTime("1970-01-01T01:00:00+01:00"), 0);
  EXPECT_EQ(ParseDateTime("1969-12-31T23:30:00-00:30"), 0);
  EXPECT_EQ(ParseDateTime("2024-02-29T23:59:59Z"), 1709251199000);
}

TEST(DateTimeTest, OtherValuesAreNotMoments) {
  for (const char* text :
       {"", "1970", "1970-01", "1970-1-1", "1970-13-01", "1970-02-29", "1970-01-01T",
        "1970-01-01T24:00", "1970-01-01T00:60", "1970-01-01T00:00:60", "1970-01-01T00:00:00.",
        "1970-01-01T00:00+1", "1970-01-01T00:00+24:00", "1970-01-01x", " 1970-01-01",
        "1970-01-01T00:00:00.0000000000000000000000000"}) {
    EXPECT_FALSE(ParseDateTime(text)) << text;
  }
}

TEST(DateTimeTest, TextIsRfc3339WithinItsYears) {
  EXPECT_EQ(DateTimeText(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(DateTimeText(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(DateTimeText(1709164800999), "2024-02-29T00:00:00Z");
  EXPECT_EQ(DateTimeText(INT64_MAX), "9999-12-31T23:59:59Z");
  EXPECT_EQ(DateTimeText(INT64_MIN), "0000-01-01T00:00:00Z");
}

TEST(DateTimeTest, MomentsWithinAValueAreWrittenAsText) {
  json value =
      json::parse(R"({"a": [{"$date": 0}, {"$date": "x"}, {"$date": 0, "b": 1}], "c": 1})");
  WriteDatesAsText(value);
  EXPECT_EQ(value, json::parse(R"({"a": ["1970-01-01T00:00:00Z", {"$date": "x"},
                                         {"$date": 0, "b": 1}], "c": 1})"));
}

}  // namespace
}  // namespace twofactor
