#include "cli/arguments.h"

#include <getopt.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twofactor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Result<CliArguments> Parse(std::vector<std::string> words) {
  words.insert(words.begin(), "twofactorctl");
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  // getopt_long(3): start anew.
  optind = 0;
  return ParseCliArguments(static_cast<int>(words.size()), argv.data());
}

TEST(ArgumentsTest, FirstWordIsTheCommandAndTheOthersAreItsOperands) {
  const auto arguments = Parse({"config", "set", "window", "2"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->command, "config");
  EXPECT_THAT(arguments->operands, ElementsAre("set", "window", "2"));
}

TEST(ArgumentsTest, OptionsMayStandAnywhere) {
  const auto arguments =
      Parse({"renew", "alice", "--json", "--digits=8", "--interval", "60", "--label", "my phone",
             "--type", "hotp", "--algorithm=sha512", "--png", "a.png", "--svg", "a.svg", "--force",
             "--no-qr", "--no-confirm", "--if-none"});
  ASSERT_TRUE(arguments);
  EXPECT_TRUE(arguments->json);
  EXPECT_EQ(arguments->digits, "8");
  EXPECT_EQ(arguments->interval, "60");
  EXPECT_EQ(arguments->label, "my phone");
  EXPECT_EQ(arguments->type, "hotp");
  EXPECT_EQ(arguments->algorithm, "sha512");
  EXPECT_EQ(arguments->png, "a.png");
  EXPECT_EQ(arguments->svg, "a.svg");
  EXPECT_TRUE(arguments->force && arguments->no_qr && arguments->no_confirm && arguments->if_none);
  EXPECT_THAT(arguments->operands, ElementsAre("alice"));
}

TEST(ArgumentsTest, EverythingIsOffUntilItIsAskedFor) {
  const auto arguments = Parse({});
  ASSERT_TRUE(arguments);
  EXPECT_THAT(arguments->command, IsEmpty());
  EXPECT_FALSE(arguments->json || arguments->help || arguments->version || arguments->yes ||
               arguments->no_confirm || arguments->no_qr || arguments->force ||
               arguments->dry_run || arguments->replace || arguments->homes);
  EXPECT_EQ(arguments->run_directory, kDefaultRunDirectory);
  EXPECT_EQ(arguments->root, "/");
}

TEST(ArgumentsTest, OptionsOfImportAreTaken) {
  const auto arguments = Parse({"import", "--dry-run", "--replace", "--homes", "--format", "pskc",
                                "--user=alice", "--key-file=k", "--path", "/x/%u", "-"});
  ASSERT_TRUE(arguments);
  EXPECT_TRUE(arguments->dry_run && arguments->replace && arguments->homes);
  EXPECT_EQ(arguments->format, "pskc");
  EXPECT_EQ(arguments->user, "alice");
  EXPECT_EQ(arguments->key_file, "k");
  EXPECT_EQ(arguments->path, "/x/%u");
  EXPECT_THAT(arguments->operands, ElementsAre("-"));
}

TEST(ArgumentsTest, WordsAfterTwoDashesAreNoOptions) {
  EXPECT_THAT(Parse({"status", "--", "--json"})->operands, ElementsAre("--json"));
}

TEST(ArgumentsTest, UnknownOptionsAreRefusedAndNotRepeated) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--code=123456"},
                                             {"-123456"},
                                             {"verify", "--password=123456"},
                                             {"--digits"},
                                             {"--yes=123456"}}) {
    const auto arguments = Parse(words);
    ASSERT_FALSE(arguments) << words[0];
    EXPECT_EQ(arguments.error().code(), ErrorCode::kInvalidParams);
    EXPECT_THAT(arguments.error().message(), Not(HasSubstr("123456")));
  }
}

}  // namespace
}  // namespace twofactor
