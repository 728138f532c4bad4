#include "cli/arguments.h"

#include <getopt.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/command_table.h"

namespace twofactor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

using Words = std::vector<std::string>;

Result<CliArguments> Parse(Words words) {
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

// What is wrong with these words; empty for nothing.
std::string ErrorOf(const Words& words) {
  const auto arguments = Parse(words);
  EXPECT_TRUE(arguments || arguments.error().code() == ErrorCode::kInvalidParams);
  return arguments ? std::string() : arguments.error().message();
}

// A call of a command with operands that it takes.
Words CallOf(const Command& command) {
  Words call = {std::string(command.name)};
  call.insert(call.end(), command.least(), "x");
  return call;
}

Words GivenAs(const Option& option) {
  const Words choices = option.choices();
  const std::string name(option.name());
  return option.value().empty() ? Words{name} : Words{name, choices.empty() ? "x" : choices[0]};
}

TEST(ArgumentsTest, FirstWordIsTheCommandAndTheOthersAreItsOperands) {
  const auto arguments = Parse({"config", "set", "window", "2"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->command->name, "config");
  EXPECT_THAT(arguments->operands, ElementsAre("set", "window", "2"));
}

TEST(ArgumentsTest, OptionsMayStandAnywhere) {
  const auto arguments = Parse({"--digits=8", "renew", "alice", "--json", "--interval", "60",
                                "--label", "my phone", "--type", "hotp", "--algorithm=sha512",
                                "--png", "a.png", "--force", "--no-qr", "--if-none"});
  ASSERT_TRUE(arguments) << arguments.error().message();
  EXPECT_TRUE(arguments->json);
  EXPECT_EQ(arguments->digits, "8");
  EXPECT_EQ(arguments->interval, "60");
  EXPECT_EQ(arguments->label, "my phone");
  EXPECT_EQ(arguments->type, "hotp");
  EXPECT_EQ(arguments->algorithm, "sha512");
  EXPECT_EQ(arguments->png, "a.png");
  EXPECT_TRUE(arguments->force && arguments->no_qr && arguments->if_none);
  EXPECT_THAT(arguments->operands, ElementsAre("alice"));
}

TEST(ArgumentsTest, EverythingIsOffUntilItIsAskedFor) {
  const auto arguments = Parse({"list"});
  ASSERT_TRUE(arguments);
  EXPECT_FALSE(arguments->json || arguments->help || arguments->version || arguments->yes ||
               arguments->no_confirm || arguments->no_qr || arguments->force ||
               arguments->dry_run || arguments->replace || arguments->homes);
  EXPECT_EQ(arguments->run_directory, kDefaultRunDirectory);
  EXPECT_EQ(arguments->root, "/");
}

TEST(ArgumentsTest, OptionsOfImportAreTaken) {
  const auto file = Parse({"import", "--dry-run", "--replace", "--format", "PSKC", "--user=alice",
                           "--key-file=k", "-"});
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_TRUE(file->dry_run && file->replace);
  EXPECT_EQ(file->format, "pskc");
  EXPECT_EQ(file->user, "alice");
  EXPECT_EQ(file->key_file, "k");
  EXPECT_THAT(file->operands, ElementsAre("-"));
  const auto homes = Parse({"import", "--homes", "--path", "/x/%u", "--users", "u", "bob"});
  ASSERT_TRUE(homes) << homes.error().message();
  EXPECT_TRUE(homes->homes);
  EXPECT_EQ(homes->path, "/x/%u");
  EXPECT_EQ(homes->users, "u");
}

TEST(ArgumentsTest, WordsAfterTwoDashesAreNoOptions) {
  EXPECT_THAT(Parse({"status", "--", "--json"})->operands, ElementsAre("--json"));
}

TEST(ArgumentsTest, BeginningOfAnOptionIsTakenForItWhereItIsClear) {
  EXPECT_EQ(Parse({"renew", "--alg", "sha256"})->algorithm, "sha256");
  EXPECT_THAT(ErrorOf({"unset", "alice", "--dry"}),
              HasSubstr("--dry-run is not an option of 'unset'"));
}

// Each option of the table with each command of the table.
TEST(ArgumentsTest, EveryCommandTakesItsOwnOptionsAndRefusesEveryOther) {
  for (const Command& command : AllCommands()) {
    const std::vector<Option> own = OptionsOf(&command);
    for (const Command& owner : AllCommands()) {
      for (const Option& option : OptionsOf(&owner)) {
        Words call = CallOf(command);
        for (const std::string& word : GivenAs(option)) {
          call.push_back(word);
        }
        if (option.only_with == "--for") {
          call.insert(call.end(), {"--for", "1h"});
        } else if (!option.only_with.empty()) {
          call.emplace_back(option.only_with);
        }
        const bool listed = std::any_of(own.begin(), own.end(), [&option](const Option& one) {
          return one.name() == option.name();
        });
        EXPECT_EQ(ErrorOf(call), listed ? ""
                                        : std::string(option.name()) + " is not an option of '" +
                                              std::string(command.name) + "'");
      }
    }
  }
}

TEST(ArgumentsTest, OptionThatIsGivenTwiceIsRefused) {
  EXPECT_EQ(ErrorOf({"renew", "--digits", "6", "--digits", "8"}), "--digits is given twice");
  EXPECT_EQ(ErrorOf({"unset", "alice", "--yes", "--yes"}), "--yes is given twice");
}

TEST(ArgumentsTest, OptionsThatContradictEachOtherAreRefusedAndNamed) {
  for (const auto& [words, error] : std::vector<std::pair<Words, std::string>>{
           {{"renew", "--png", "a", "--svg", "b"}, "--png and --svg"},
           {{"renew", "--label", "key", "--no-confirm"}, "--no-confirm and --label"},
           {{"renew", "--no-confirm", "--type", "hotp"}, "--no-confirm and --type"},
           {{"renew", "--no-confirm", "--algorithm", "sha256"}, "--no-confirm and --algorithm"},
           {{"bypass", "alice", "--for", "1h", "--end"}, "--for and --end"},
           {{"bypass", "--list", "--for", "1h"}, "--for and --list"},
           {{"bypass", "alice", "--end", "--list"}, "--end and --list"},
           {{"import", "f", "--map", "m", "--user", "alice"}, "--user and --map"},
           {{"import", "--homes", "--user", "alice"}, "--homes and --user"},
           {{"import", "--homes", "--key-file", "k"}, "--homes and --key-file"},
           {{"import", "--homes", "--serial", "1"}, "--homes and --serial"},
           {{"import", "--homes", "--skip-unusable"}, "--homes and --skip-unusable"}}) {
    EXPECT_EQ(ErrorOf(words), error + " cannot be given together");
  }
}

TEST(ArgumentsTest, OptionThatMeansNothingWithoutAnotherIsRefused) {
  EXPECT_EQ(ErrorOf({"import", "f", "--path", "/x/%u"}), "--path needs --homes");
  EXPECT_EQ(ErrorOf({"import", "f", "--users", "u"}), "--users needs --homes");
  EXPECT_EQ(ErrorOf({"bypass", "alice", "--end", "--reason", "x"}), "--reason needs --for");
}

TEST(ArgumentsTest, ValuesOutOfRangeAreRefusedWithTheNameOfTheOption) {
  for (const char* number : {"4", "86401", "30s", "-5", "", " 30", "99999999999999999999"}) {
    EXPECT_EQ(ErrorOf({"renew", "--interval", number}),
              "--interval takes a number from 5 to 86400");
  }
  for (const char* digits : {"5", "9", "six", "", "06", "6|7"}) {
    EXPECT_EQ(ErrorOf({"renew", "--digits", digits}), "--digits is one of 6, 7, 8");
  }
  EXPECT_EQ(ErrorOf({"renew", "--type", "HOTPS"}), "--type is one of totp, hotp");
  EXPECT_EQ(ErrorOf({"renew", "--algorithm", "md5"}), "--algorithm is one of sha1, sha256, sha512");
  EXPECT_THAT(ErrorOf({"import", "f", "--format", "oath"}), HasSubstr("--format is one of users."));
  for (const char* edge : {"5", "86400"}) {
    EXPECT_EQ(Parse({"renew", "--interval", edge})->interval, edge);
  }
  EXPECT_EQ(Parse({"renew", "--type", "HOTP"})->type, "hotp");
}

TEST(ArgumentsTest, ValueThatIsMissingOrTooManyIsRefusedWithTheNameOfTheOption) {
  EXPECT_EQ(ErrorOf({"renew", "--digits"}), "--digits needs a value");
  EXPECT_EQ(ErrorOf({"unset", "alice", "--yes=123456"}), "--yes takes no value");
  // As of a script's variable that is not set: everybody in the file would be imported.
  EXPECT_EQ(ErrorOf({"import", "f", "--user", ""}), "--user needs a value");
  EXPECT_EQ(ErrorOf({"bypass", "alice", "--for", "1h", "--reason", ""}), "");
}

TEST(ArgumentsTest, TooFewOrTooManyOperandsAreRefused) {
  EXPECT_EQ(ErrorOf({"unset"}), "too few arguments: 'unset' needs USER");
  EXPECT_EQ(ErrorOf({"rename-device", "0"}),
            "too few arguments: 'rename-device' needs [USER] ID LABEL");
  EXPECT_THAT(ErrorOf({"verify", "alice", "123456"}), HasSubstr("never arguments"));
  EXPECT_EQ(ErrorOf({"import", "--homes", "a", "b", "c"}), "");
}

TEST(ArgumentsTest, MistypedNamesGetTheNearestOne) {
  for (const auto& [typed, meant] :
       std::vector<std::pair<std::string, std::string>>{{"renwe", "renew"},
                                                        {"enew", "renew"},
                                                        {"statsu", "status"},
                                                        {"recovery", "recovery-codes"},
                                                        {"remove", "remove-device"},
                                                        {"Unset", "unset"}}) {
    EXPECT_EQ(ErrorOf({typed}), "unknown command '" + typed + "'; did you mean '" + meant + "'?");
  }
  EXPECT_EQ(ErrorOf({"renew", "--digit=8", "--dgits=8"}),
            "unknown option '--dgits'; did you mean '--digits'?");
  EXPECT_EQ(ErrorOf({"restore", "--dryrun", "f"}),
            "unknown option '--dryrun'; did you mean '--dry-run'?");
}

TEST(ArgumentsTest, WordsThatAreNearToNoneAreNotRepeated) {
  for (const Words& words : std::vector<Words>{{"123456"},
                                               {"GEZDGNBVGY3TQOJQ"},
                                               {"abcd-efgh-jkmn"},
                                               {"dance"},
                                               {"ls"},
                                               {"renewrenew"},
                                               {"list1234list"}}) {
    EXPECT_EQ(ErrorOf(words), "unknown command");
  }
  EXPECT_EQ(Nearest(std::string(100'000, 'r'), {"renew"}), "");
}

TEST(ArgumentsTest, ErrorsRepeatNeitherOperandsNorValues) {
  for (const Words& words : std::vector<Words>{{"--code=123456"},
                                               {"-123456"},
                                               {"--123456"},
                                               {"verify", "--password=123456"},
                                               {"unset", "a", "--ye=123456"},
                                               {"unset", "a", "--yess=123456"},
                                               {"renew", "--digits", "123456"},
                                               {"renew", "--interval=123456"},
                                               {"renew", "--type", "123456"},
                                               {"status", "--label", "123456"},
                                               {"renew", "--png", "123456", "--svg", "123456"},
                                               {"renew", "--png", "123456", "--png", "123456"},
                                               {"status", "123456", "123456"},
                                               {"123456", "status"}}) {
    const std::string error = ErrorOf(words);
    EXPECT_NE(error, "") << words[0];
    EXPECT_THAT(error, Not(HasSubstr("123456")));
  }
}

TEST(ArgumentsTest, HelpIsOfACommandWhateverElseIsMissing) {
  for (const Words& words :
       std::vector<Words>{{"unset", "--help"}, {"--help", "unset"}, {"unset", "-h", "--dry-run"}}) {
    const auto arguments = Parse(words);
    ASSERT_TRUE(arguments);
    EXPECT_TRUE(arguments->help);
    EXPECT_EQ(arguments->command->name, "unset");
  }
  EXPECT_EQ(Parse({"--help"})->command, nullptr);
  EXPECT_EQ(ErrorOf({"unste", "--help"}), "unknown command 'unste'; did you mean 'unset'?");
}

// So that main knows it before the other options are read.
TEST(ArgumentsTest, NoOtherOptionBeginsAsJsonDoes) {
  for (const Command& command : AllCommands()) {
    for (const Option& option : OptionsOf(&command)) {
      EXPECT_TRUE(option.name() == "--json" || option.name()[2] != 'j') << option.name();
    }
  }
}

TEST(CommandTableTest, DestructiveCommandsTakeYes) {
  for (const char* name : {"unset", "remove-device", "stale", "rename-user"}) {
    EXPECT_TRUE((*FindCommand(name))->asks) << name;
    EXPECT_TRUE(Parse({name, "1", "2", "--yes"}) || Parse({name, "1", "--yes"})) << name;
  }
}

// The shells would take them for their own.
TEST(CommandTableTest, NoHelpHasAMarkOfTheShells) {
  for (const Command& command : AllCommands()) {
    EXPECT_EQ(std::string_view(command.help).find_first_of("'\":[]|`$\\"), std::string_view::npos);
    for (const Option& option : OptionsOf(&command)) {
      EXPECT_EQ(std::string_view(option.help).find_first_of("'\":[]|`$\\"), std::string_view::npos);
    }
  }
}

}  // namespace
}  // namespace twofactor
