#include "common/base/username.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

TEST(UsernameTest, AcceptsNamesThatASystemMayHave) {
  for (const char* name : {"a", "alice", "host$", "DOMAIN\\alice", "alice@example.org", "größe"}) {
    EXPECT_TRUE(Username::Parse(name)) << name;
  }
}

TEST(UsernameTest, RefusesNamesThatCouldMeanSomethingElse) {
  for (const std::string_view name :
       {std::string_view(""), std::string_view("a/b"), std::string_view("a:b"),
        std::string_view("a\nb"), std::string_view("a\0b", 3), std::string_view("\x7f")}) {
    const auto parsed = Username::Parse(name);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code(), ErrorCode::kInvalidParams);
  }
}

TEST(UsernameTest, LengthIsBoundedExactly) {
  EXPECT_TRUE(Username::Parse(std::string(Username::kMaxBytes, 'a')));
  EXPECT_FALSE(Username::Parse(std::string(Username::kMaxBytes + 1, 'a')));
}

}  // namespace
}  // namespace twofactor
