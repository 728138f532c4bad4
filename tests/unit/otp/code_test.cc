#include "common/otp/code.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

TEST(ParseCodeTest, DropsBlanks) {
  EXPECT_EQ(ParseCode(" 123 456\t").text(), "123456");
  EXPECT_EQ(ParseCode("12345678").text(), "12345678");
}

// What shells, browsers and password managers send with it (tests/samples/typed-codes).
TEST(ParseCodeTest, LineEndsMarksAndDashesAreNotPartOfACode) {
  for (const std::string_view typed : {"123456\r", "123456\r\n",
                                       "\xEF\xBB\xBF"
                                       "123456\r",
                                       "123\xC2\xA0"
                                       "456",
                                       "123-456",
                                       "123\xE2\x80\xAF"
                                       "456",
                                       "123\xE2\x80\x93"
                                       "456",
                                       "\xE2\x80\x8B"
                                       "123 456",
                                       "12-34-56", "123 - 456"}) {
    EXPECT_EQ(ParseCode(typed).text(), "123456") << typed;
  }
  for (const std::string_view typed : {"abcd-efgh-jkmn\r",
                                       "\xEF\xBB\xBF"
                                       "ABCD efgh\xC2\xA0jkmn",
                                       "abcd\xE2\x80\x91"
                                       "efghjkmn"}) {
    EXPECT_EQ(ParseRecoveryCode(typed).text(), "abcdefghjkmn") << typed;
  }
  const std::string_view half_a_character = "123\302456";
  for (const std::string_view typed :
       {std::string_view("123456-"), std::string_view("123--456"), std::string_view("-"),
        half_a_character, std::string_view("123_456")}) {
    EXPECT_TRUE(ParseCode(typed).empty()) << typed;
  }
}

TEST(ParseCodeTest, IsEmptyForAnythingElse) {
  for (const std::string_view typed :
       {std::string_view(""), std::string_view("  "), std::string_view("12345a"),
        std::string_view("-12345"), std::string_view("123456789"),
        std::string_view("\b\n\r\177INCORRECT"), std::string_view("123\000456", 7)}) {
    EXPECT_TRUE(ParseCode(typed).empty()) << typed;
  }
}

}  // namespace
}  // namespace twofactor
