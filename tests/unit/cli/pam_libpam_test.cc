// doctor's reading of a stack against the system's own libpam: whatever the text, both let the same
// logins in.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "tests/unit/cli/libpam.h"

namespace twofactor {
namespace {

constexpr std::size_t kModules = 4;

std::string Describe(const PamTexts& texts) {
  std::string text;
  for (const auto& [name, content] : texts) {
    text += "--- " + name + "\n" + content;
  }
  return text;
}

void ExpectAgreement(const PamTexts& texts, std::size_t modules) {
  const PamWalk real = Libpam(texts).WalkAll(modules);
  const PamWalk ours = WalkStack(ReadByDoctor(texts), "pam_twofactor.so");
  EXPECT_EQ(ours.led_past.empty(), real.led_past.empty()) << Describe(texts);
  EXPECT_EQ(ours.refused_gets_in, real.refused_gets_in) << Describe(texts);
  EXPECT_EQ(ours.accepted_gets_in, real.accepted_gets_in) << Describe(texts);
  EXPECT_EQ(ours.accepted_alone_gets_in, real.accepted_alone_gets_in) << Describe(texts);
  EXPECT_EQ(ours.ignored_gets_in, real.ignored_gets_in) << Describe(texts);
}

class PamLibpamTest : public testing::TestWithParam<unsigned> {
 protected:
  std::string OneOf(const std::vector<std::string>& words) {
    return words[std::uniform_int_distribution<std::size_t>(0, words.size() - 1)(random_)];
  }
  std::string Control() {
    const std::string keyword = OneOf({"required", "requisite", "sufficient", "optional", ""});
    if (!keyword.empty()) {
      return keyword;
    }
    std::string pairs;
    for (const char* answer : {"success", "ignore", "auth_err", "new_authtok_reqd", "default"}) {
      if (OneOf({"", "x"}).empty()) {
        pairs += std::string(pairs.empty() ? "" : " ") + answer + "=" +
                 OneOf({"ok", "done", "bad", "die", "ignore", "ignore", "reset", "1", "1", "2"});
      }
    }
    return "[" + (pairs.empty() ? "success=1" : pairs) + "]";
  }
  std::string Lines(std::size_t from, std::size_t to) {
    std::string text;
    for (std::size_t i = from; i < to; ++i) {
      text += "auth " + Control() + " @" + std::to_string(order_[i]) + "\n";
    }
    return text;
  }
  // One to three files: lines, a file that is included or a substack, and one more within it.
  PamTexts RandomStack() {
    std::shuffle(order_.begin(), order_.end(), random_);
    const std::vector<std::string> ways = {"auth substack ", "auth substack ", "auth include ",
                                           "@include "};
    switch (std::uniform_int_distribution<int>(0, 2)(random_)) {
      case 0:
        return {{"s", Lines(0, kModules)}};
      case 1:
        return {{"s", Lines(0, 1) + OneOf(ways) + "DIR/a\n" + Lines(3, 4)}, {"a", Lines(1, 3)}};
      default:
        return {{"s", Lines(0, 1) + OneOf(ways) + "DIR/a\n" + Lines(3, 4)},
                {"a", Lines(1, 2) + OneOf(ways) + "DIR/b\n"},
                {"b", Lines(2, 3)}};
    }
  }

  std::mt19937 random_{GetParam()};
  std::array<std::size_t, kModules> order_ = {0, 1, 2, 3};
};

TEST_P(PamLibpamTest, RandomStacksLetTheSameLoginsIn) { ExpectAgreement(RandomStack(), kModules); }

INSTANTIATE_TEST_SUITE_P(Seeds, PamLibpamTest, testing::Range(0U, 128U));

TEST(PamLibpamTextTest, OddTextsAreReadAsLibpamDoes) {
  for (const char* text : {"auth required @0 # comment \\\nauth required @1\n",
                           "auth required \\\n# comment\n\n  @0\n",
                           "auth required \\  \n @0\n",
                           "auth required @0 \\",
                           "auth required @0 \\ # c\n",
                           "AUTH Required @0\n",
                           "-auth required @0\n",
                           "auth [required] @0\n",
                           "auth success=ok @0\n",
                           "auth [success=ok]@0\n",
                           "auth [ success = ok default=bad ] @0\n",
                           "auth [success=okdefault=bad] @0\n",
                           "auth [success=ok default=okay] @0\n",
                           "auth [success=bad success=ok] @0\n",
                           "auth [default=bad default=ok] @0\n",
                           "auth [success=ok auth_err=0] @0\n",
                           "auth [success=1] @0\n",
                           "auth [success=99999999999] @0\nauth required @1\n",
                           "auth [sucess=ok] @0\n",
                           "auth requird @0\n",
                           "auth\nauth sufficient @0\n",
                           "auth required\nauth sufficient @0\n",
                           "auth optional\nauth sufficient @0\n",
                           "atuh optional pam_x.so\nauth sufficient @0\n",
                           "atuh required pam_x.so\nauth required @0\n",
                           "auth sufficient @0\natuh required pam_x.so\n",
                           "@INCLUDE DIR/a extra\n",
                           "auth sufficient @0\n@include DIR/nothere\n",
                           "auth sufficient @0\nauth include DIR/no\n",
                           "auth sufficient @0\nauth substack DIR/no\n",
                           "auth substack DIR/s\nauth sufficient @0\n",
                           "account required @1\n auth required @0\n",
                           "account required @0\n"}) {
    ExpectAgreement({{"s", text}, {"a", "auth required @0\n"}}, 2);
  }
}

}  // namespace
}  // namespace twofactor
