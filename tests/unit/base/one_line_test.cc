#include "common/base/one_line.h"

#include <gtest/gtest.h>

#include <array>

namespace twofactor {
namespace {

TEST(OneLineTest, TextInAnyLanguageStays) {
  for (const char* text : {"", "alice", "a b", "Müller", "王小明", "Ольга", "שלום", "😀"}) {
    EXPECT_EQ(OneLine(text), text);
  }
}

TEST(OneLineTest, ControlCharactersAreReplaced) {
  EXPECT_EQ(OneLine("a\nb\tc\x1b[2J\x7f"), "a?b?c?[2J?");
  EXPECT_EQ(OneLine(std::string_view("a\0b", 3)), "a?b");
  // C1: a terminal may take U+009B for ESC [.
  EXPECT_EQ(OneLine("a\xC2\x9B"
                    "2Jb\xC2\x80\xC2\x9F"),
            "a?2Jb??");
  EXPECT_EQ(OneLine("\xC2\xA0"), "\xC2\xA0");
}

TEST(OneLineTest, SeparatorsAndDirectionChangesAreReplaced) {
  EXPECT_EQ(OneLine("a\u2028b\u2029c"), "a?b?c");
  EXPECT_EQ(OneLine("\u202Eecila\u202C"), "?ecila?");
  EXPECT_EQ(OneLine("a\u2066b\u2069\u200F\u061C"), "a?b???");
}

TEST(OneLineTest, InvisibleCharactersAreReplaced) {
  EXPECT_EQ(OneLine("ali\u200Bce\uFEFF\u2060"), "ali?ce??");
  EXPECT_EQ(OneLine("\U000E0041"), "?");
  EXPECT_EQ(OneLine("\uFFFE\uFDD0\U0001FFFF"), "???");
}

TEST(OneLineTest, EachByteThatIsNotUtf8IsReplaced) {
  EXPECT_EQ(OneLine("M\xFCller"), "M?ller");
  EXPECT_EQ(OneLine("\xC0\xAF"), "??");            // Longer than it has to be.
  EXPECT_EQ(OneLine("\xE0\x80\xAF"), "???");       // Likewise.
  EXPECT_EQ(OneLine("\xED\xA0\x80"), "???");       // A surrogate.
  EXPECT_EQ(OneLine("\xF4\x90\x80\x80"), "????");  // Behind the last one.
  EXPECT_EQ(OneLine("\x80\xBF\xFF"), "???");       // In the middle of one.
  EXPECT_EQ(OneLine("a\xE2\x82"), "a??");          // It ends too early.
  EXPECT_EQ(OneLine("\xE2\x82z"), "??z");
}

TEST(OneLineTest, ALongOneIsCutBetweenCharacters) {
  EXPECT_EQ(OneLine(std::string(kLongestLogValue + 1, 'x')), std::string(kLongestLogValue, 'x'));
  std::string text(kLongestLogValue - 1, 'x');
  EXPECT_EQ(OneLine(text + "ü"), text);
  EXPECT_EQ(OneLine(text.substr(1) + "ü"), text.substr(1) + "ü");
}

TEST(OneLineTest, CopyNeedsNoMoreRoomThanTheText) {
  std::array<char, 4> room{};
  EXPECT_EQ(CopyAsOneLine("a\nb", room), 3U);
  EXPECT_EQ(std::string_view(room.data(), 3), "a?b");
  EXPECT_EQ(CopyAsOneLine("abcü", room), 3U);
  EXPECT_EQ(CopyAsOneLine("abcde", {}), 0U);
}

TEST(OneLineTest, LabelsMayJoinCharactersButNotEndTheLine) {
  EXPECT_TRUE(IsOneLine("my phone 👨\u200D💻"));
  for (const char* text : {"a\n", "\x7f", "\xC2\x9B", "\u2028", "\u202E", "\u2066"}) {
    EXPECT_FALSE(IsOneLine(text)) << OneLine(text);
  }
}

}  // namespace
}  // namespace twofactor
