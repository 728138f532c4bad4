#include "common/base/placeholders.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

TEST(PlaceholdersTest, AreFilledInTheOrderOfTheText) {
  EXPECT_EQ(FillPlaceholders("%2 of %1, %2", {"three", "two"}), "two of three, two");
}

TEST(PlaceholdersTest, WithoutAValueStayAsTheyAre) {
  EXPECT_EQ(FillPlaceholders("%1 %2 %9 %0", {"one"}), "one %2 %9 %0");
  EXPECT_EQ(FillPlaceholders("%1", {}), "%1");
}

TEST(PlaceholdersTest, OtherPercentSignsAreText) {
  EXPECT_EQ(FillPlaceholders("100 % %s %n %% %", {"one"}), "100 % %s %n %% %");
  EXPECT_EQ(FillPlaceholders("%%1", {"one"}), "%one");
}

TEST(PlaceholdersTest, InsertedValuesAreNotExpanded) {
  EXPECT_EQ(FillPlaceholders("%1%2", {"%2", "%1"}), "%2%1");
}

TEST(PlaceholdersTest, OneDigitIsAPlaceholderAndTheNextIsText) {
  EXPECT_EQ(FillPlaceholders("%12", {"one"}), "one2");
}

TEST(PlaceholdersTest, NumbersAreWrittenInPlainDigits) {
  EXPECT_EQ(TextOfValue(1234567), "1234567");
  EXPECT_EQ(TextOfValue(std::int64_t{-1}), "-1");
  EXPECT_EQ(TextOfValue(std::string("alice")), "alice");
}

}  // namespace
}  // namespace twofactor
