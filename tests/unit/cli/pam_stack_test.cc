#include "cli/doctor/pam_stack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "cli/doctor/pam_text.h"

namespace twofactor {
namespace {

using Words = std::vector<std::string>;
using Lines = std::vector<PamTextLine>;

PamStack Read(const std::map<std::string, std::string>& files) {
  return ReadAuthStack("s", [&files](const std::string& name) -> std::optional<std::string> {
    const auto found = files.find(name);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  });
}

Words ModulesOf(const PamStack& stack) {
  Words modules;
  for (const PamLine& line : stack) {
    modules.push_back(line.module);
  }
  return modules;
}

TEST(PamTextTest, CommentsAreCutAndContinuedLinesPutTogether) {
  EXPECT_EQ(PamLinesOf("# one\n\na b\\\n  c # d\ne\n"), (Lines{{"a b   c ", 3}, {"e ", 5}}));
}

TEST(PamTextTest, BlankLineWithinAContinuedOneIsSkippedOrEndsIt) {
  for (const char* blank : {"\n", " \t\n", "# two\n", "\n # two\n"}) {
    const std::string text = std::string("a b\\\n") + blank + "c\n";
    const int last = static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    EXPECT_EQ(PamLinesOf(text, BlankLine::kIsSkipped), (Lines{{"a b c ", 1}}));
    EXPECT_EQ(PamLinesOf(text, BlankLine::kEndsLine), (Lines{{"a b ", 1}, {"c ", last}}));
  }
}

TEST(PamTextTest, CommentThatEndsWithABackslashContinuesNothing) {
  EXPECT_EQ(PamLinesOf("a # \\\nb"), (Lines{{"a ", 1}, {"b ", 2}}));
  EXPECT_EQ(PamLinesOf("# \\\nb"), (Lines{{"b ", 2}}));
}

TEST(PamTextTest, TextThatEndsInAContinuedLineIsNone) {
  EXPECT_EQ(PamLinesOf("a\nb \\\n"), std::nullopt);
  EXPECT_EQ(PamLinesOf("a\nb \\"), std::nullopt);
  EXPECT_EQ(PamLinesOf("a \\\n\n", BlankLine::kIsSkipped), std::nullopt);
  EXPECT_EQ(PamLinesOf("a \\\n\n", BlankLine::kEndsLine), (Lines{{"a  ", 1}}));
}

TEST(PamTextTest, BracketsHoldAWordTogetherAndAreNoPartOfIt) {
  EXPECT_EQ(PamWordsOf("\ta  [b c]d [] [e\\]f] g=[h i]"),
            (Words{"a", "b c", "d", "", "e]f", "g=[h", "i]"}));
  EXPECT_EQ(PamWordsOf("[a b"), Words{"a b"});
  EXPECT_EQ(PamWordsOf(" \t"), Words{});
}

TEST(PamStackTest, ContinuedLinesCommentsAndBracketsAreRead) {
  const auto stack = Read(
      {{"s",
        "# auth required pam_no.so\n-auth [success=1 \\\n default=ignore] /lib/pam_a.so [a b] c # "
        "d\naccount required pam_no.so\n"}});
  ASSERT_EQ(stack.size(), 1U);
  EXPECT_EQ(stack[0].module, "pam_a.so");
  EXPECT_EQ(stack[0].path, "/lib/pam_a.so");
  EXPECT_EQ(stack[0].file, "s");
  // As the module gets them.
  EXPECT_EQ(stack[0].arguments, (Words{"a b", "c"}));
  EXPECT_EQ(stack[0].control, "success=1   default=ignore");
  EXPECT_EQ(stack[0].fault, "");
}

TEST(PamStackTest, OnlyAuthLinesCountInAnyCase) {
  EXPECT_EQ(ModulesOf(Read({{"s",
                             "AUTH required a.so\n-Auth required b.so\naccount required c.so\n"
                             "-session required d.so\npassword required e.so\n"}})),
            (Words{"a.so", "b.so"}));
}

TEST(PamStackTest, OtherTypesHaveStacksOfTheirOwn) {
  const auto read = [](const std::string& name) {
    return std::optional<std::string>(name == "x" ? "account required c.so\n"
                                                  : "auth required a.so\naccount required b.so\n"
                                                    "@include x\natuh required d.so\n");
  };
  EXPECT_EQ(ModulesOf(ReadPamStack("s", "account", read)), (Words{"b.so", "c.so"}));
}

TEST(PamStackTest, IncludesStandInPlaceOfTheirLines) {
  const auto stack = Read({{"s",
                            "auth required a.so\n@include x\nauth include x\nauth substack x\n"
                            "auth required c.so\n"},
                           {"x", "auth required b.so\naccount required no.so\n"}});
  EXPECT_EQ(ModulesOf(stack), (Words{"a.so", "b.so", "b.so", "", "b.so", "c.so"}));
  EXPECT_EQ(stack[1].file, "x");
  EXPECT_EQ(stack[1].number, 1);
  EXPECT_EQ(stack[5].number, 5);
  EXPECT_EQ(stack[2].level, 0);
  EXPECT_EQ(stack[3].level, 0);
  EXPECT_EQ(stack[4].level, 1);
  EXPECT_EQ(stack[5].level, 0);
}

TEST(PamStackTest, IncludesOfOtherTypesAreNotFollowed) {
  EXPECT_TRUE(Read({{"s", "account include x\n"}, {"x", "auth required a.so\n"}}).empty());
}

TEST(PamStackTest, MissingAtIncludeBreaksTheServiceAndAMissingIncludeItsLine) {
  const auto broken = Read({{"s", "@include x\nauth required a.so\n"}});
  ASSERT_EQ(broken.size(), 2U);
  EXPECT_TRUE(broken[0].breaks_service);
  for (const char* word : {"include", "substack"}) {
    const auto refused = Read({{"s", "auth " + std::string(word) + " x\n"}});
    EXPECT_FALSE(refused.back().breaks_service) << word;
    EXPECT_NE(refused.back().fault.find("'" + std::string(word) + " x'"), std::string::npos);
    EXPECT_EQ(refused.back().module, "") << word;
  }
}

// Measured: Debian 12's libpam crashes in these, and so does the program that loaded it.
TEST(PamStackTest, IncludesWithoutANameAndCirclesBreakTheService) {
  for (const char* text : {"@include\n", "auth include\n", "@include s\n", "auth include s\n",
                           "auth required a.so\n@include s\n@include s\n"}) {
    const auto stack = Read({{"s", text}});
    bool broken = false;
    for (const PamLine& line : stack) {
      broken = broken || line.breaks_service;
    }
    EXPECT_TRUE(broken) << text;
  }
}

TEST(PamStackTest, CircleOfSubstacksEndsInALineThatRefuses) {
  const auto stack = Read({{"s", "auth substack s\nauth required a.so\n"}});
  EXPECT_LE(stack.size(), 64U);
  bool refused = false;
  for (const PamLine& line : stack) {
    EXPECT_FALSE(line.breaks_service);
    refused = refused || line.fault.find("circle") != std::string::npos;
  }
  EXPECT_TRUE(refused);
}

TEST(PamStackTest, FilesThatIncludeThemselvesManyTimesEnd) {
  std::string text;
  for (int i = 0; i < 30; ++i) {
    text += "auth substack s\nauth required a.so\n";
  }
  EXPECT_LT(Read({{"s", text}}).size(), 20000U);
}

TEST(PamStackTest, LinesThatLibpamDoesNotUnderstandRefuse) {
  for (const char* text : {"atuh required a.so\n", "auth\n", "auth required\n", "[] x y\n"}) {
    const auto stack = Read({{"s", text}});
    ASSERT_EQ(stack.size(), 1U) << text;
    EXPECT_NE(stack[0].fault, "") << text;
    EXPECT_FALSE(stack[0].breaks_service) << text;
  }
  EXPECT_EQ(Read({{"s", "atuh optional a.so\n"}})[0].control, "optional");
}

TEST(PamStackTest, TextThatEndsWithABackslashBreaksTheService) {
  EXPECT_TRUE(Read({{"s", "auth required a.so \\"}}).at(0).breaks_service);
}

TEST(PamStackTest, ServiceWithoutAFileHasNoStack) { EXPECT_TRUE(Read({}).empty()); }

}  // namespace
}  // namespace twofactor
