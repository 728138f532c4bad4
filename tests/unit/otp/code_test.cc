#include "common/otp/code.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

TEST(ParseCodeTest, DropsBlanks) {
  EXPECT_EQ(ParseCode(" 123 456\t").text(), "123456");
  EXPECT_EQ(ParseCode("12345678").text(), "12345678");
}

TEST(ParseCodeTest, IsEmptyForWhatIsNoCode) {
  for (const std::string_view typed :
       {std::string_view(""), std::string_view("  "), std::string_view("12345a"),
        std::string_view("-12345"), std::string_view("123456789"),
        std::string_view("\b\n\r\177INCORRECT"), std::string_view("123\000456", 7)}) {
    EXPECT_TRUE(ParseCode(typed).empty()) << typed;
  }
}

}  // namespace
}  // namespace twofactor
