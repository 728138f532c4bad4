#include "common/base/secret_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

namespace twofactor {
namespace {

bool AllZero(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

TEST(SecretBytesTest, TruncatedBytesAreWiped) {
  SecretBytes secret = SecretBytes::CopyOf("keep and drop");
  const auto all = secret.bytes();
  secret.Truncate(4);
  EXPECT_EQ(secret.text(), "keep");
  EXPECT_TRUE(AllZero(all.subspan(4)));
}

TEST(SecretBytesTest, MovingLeavesNothingBehind) {
  SecretBytes from = SecretBytes::CopyOf("secret");
  const SecretBytes to = std::move(from);
  EXPECT_EQ(to.text(), "secret");
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): what it leaves is the point.
}

TEST(SecretBytesTest, AssigningWipesWhatWasThere) {
  SecretBytes target = SecretBytes::CopyOf("old");
  target = SecretBytes::CopyOf("new!");
  EXPECT_EQ(target.text(), "new!");
}

TEST(SecretBytesTest, ComparesByContentAndLength) {
  const SecretBytes a = SecretBytes::CopyOf("123456");
  EXPECT_TRUE(a.Equals(SecretBytes::CopyOf("123456")));
  EXPECT_FALSE(a.Equals(SecretBytes::CopyOf("123457")));
  EXPECT_FALSE(a.Equals(SecretBytes::CopyOf("12345")));
  EXPECT_TRUE(SecretBytes().Equals(SecretBytes()));
}

TEST(SecretBytesTest, CannotBeCopiedByAccident) {
  EXPECT_FALSE(std::is_copy_constructible_v<SecretBytes>);
  EXPECT_FALSE(std::is_copy_assignable_v<SecretBytes>);
  EXPECT_EQ(SecretBytes::CopyOf("x").Clone().text(), "x");
}

TEST(WipeMemoryTest, OverwritesTheMemory) {
  std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
  WipeMemory(bytes.data(), bytes.size());
  EXPECT_TRUE(AllZero(bytes));
  WipeMemory(nullptr, 0);
}

}  // namespace
}  // namespace twofactor
