// The pages of docs/api are as wide as other pages, and mean the same as before they were wrapped.
#include "helperd/twofactord/api_docs/wrapped_lines.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

const std::string kNinety(90, 'x');

TEST(WrappedLinesTest, LineIsBrokenAtTheLastBlankThatFits) {
  EXPECT_EQ(WrapLines(kNinety + " 345678 00 next\n"), kNinety + " 345678 00\nnext\n");
  EXPECT_EQ(WrapLines(kNinety + " 345678 000 next\n"), kNinety + " 345678\n000 next\n");
}

TEST(WrappedLinesTest, ItemOfAListGoesOnBelowItsText) {
  EXPECT_EQ(WrapLines("  - " + kNinety + " first second"), "  - " + kNinety + " first\n    second");
}

TEST(WrappedLinesTest, CharactersCountAndNotBytes) {
  std::string umlauts;
  for (int i = 0; i < 90; ++i) {
    umlauts += "ä";
  }
  EXPECT_EQ(WrapLines(umlauts + " 345678901"), umlauts + " 345678901");
}

TEST(WrappedLinesTest, NoLineBeginsWithWhatWouldBeginABlock) {
  EXPECT_EQ(WrapLines(kNinety + " 34567890 - 1. # word"), kNinety + " 34567890 - 1. #\nword");
}

TEST(WrappedLinesTest, CodeTablesHeadingsAndLongWordsStayAsTheyAre) {
  const std::string row = "| " + kNinety + " | " + kNinety + " |\n";
  const std::string code = "```\n" + kNinety + " " + kNinety + "\n```\n";
  const std::string heading = "## " + kNinety + " " + kNinety + "\n";
  const std::string word = kNinety + kNinety + "\n";
  EXPECT_EQ(WrapLines(row + code + heading + word), row + code + heading + word);
}

}  // namespace
}  // namespace twofactor
