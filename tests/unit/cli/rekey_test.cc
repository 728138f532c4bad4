// rekey, with a daemon that follows a script.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "cli/commands/commands.h"
#include "cli/rekey/key_place.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/cli/scripted.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kOld(64, 'a');
const std::string kNew(64, 'b');

class RekeyCommandTest : public testing::Test {
 protected:
  RekeyCommandTest() {
    arguments_.root = root_.path();
    Put(kDefaultKeyFile, kOld + "\n");
  }

  std::string At(std::string_view path) const { return root_.path() + std::string(path); }
  void Put(std::string_view path, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(At(path)).parent_path());
    WriteFile(At(path), text);
    chmod(At(path).c_str(), 0600);
  }
  void AnswerStart(bool resumed = false) {
    daemon_.script.emplace_back("rekey.start",
                                json{{"key", kNew}, {"resumed", resumed}, {"secrets", 3}});
  }
  void AnswerRest() {
    daemon_.script.emplace_back("rekey.next", json{{"secrets", 2}, {"last", false}});
    daemon_.script.emplace_back("rekey.next", json{{"secrets", 1}, {"last", true}});
    daemon_.script.emplace_back("rekey.finish", json());
  }
  Result<CommandResult> Run() { return RunRekey(arguments_, daemon_, terminal_); }

  TempDirectory root_;
  CliArguments arguments_;
  ScriptedDaemon daemon_;
  ScriptedTerminal terminal_;
};

TEST_F(RekeyCommandTest, NewKeyIsInPlaceForItsOwnerAloneBeforeTheOldOneIsForgotten) {
  AnswerStart();
  AnswerRest();
  const auto result = Run();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_EQ(ReadFile(At(kDefaultKeyFile)), kNew + "\n");
  struct stat status {};
  ASSERT_EQ(stat(At(kDefaultKeyFile).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  EXPECT_EQ(daemon_.calls.front(), "rekey.start[\"" + kOld + "\"]");
  EXPECT_EQ(daemon_.calls.back(), "rekey.finish[\"" + kNew + "\"]");
  EXPECT_EQ(result->json["changed"], true);
  EXPECT_EQ(result->json["secrets"], 3);
  EXPECT_EQ(result->json["kind"], "file");
  EXPECT_THAT(terminal_.progress, HasSubstr("3 of 3 secrets"));
  EXPECT_EQ(result->text.find(kNew), std::string::npos);
  EXPECT_EQ(result->json.dump().find(kNew), std::string::npos);
}

TEST_F(RekeyCommandTest, RekeyThatWasCutOffGoesOnWithTheKeyThatIsInPlace) {
  Put(kDefaultKeyFile, kNew + "\n");
  AnswerStart(true);
  AnswerRest();
  const auto result = Run();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_EQ(result->json["resumed"], true);
  EXPECT_EQ(ReadFile(At(kDefaultKeyFile)), kNew + "\n");
}

TEST_F(RekeyCommandTest, DaemonThatRefusesLeavesTheKeyAlone) {
  daemon_.script.emplace_back("rekey.start", Fail(ErrorCode::kConflict, "another key"));
  EXPECT_FALSE(Run());
  EXPECT_EQ(ReadFile(At(kDefaultKeyFile)), kOld + "\n");
}

TEST_F(RekeyCommandTest, WhatFailsAmidItSaysThatNothingIsLost) {
  AnswerStart();
  daemon_.script.emplace_back("rekey.next", Fail(ErrorCode::kUnavailable, "the daemon is gone"));
  const auto result = Run();
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message(), HasSubstr("Run rekey again"));
  EXPECT_EQ(ReadFile(At(kDefaultKeyFile)), kNew + "\n");
}

TEST_F(RekeyCommandTest, SeveralKeysAndNoneAreRefusedBeforeTheDaemonIsAsked) {
  Put("/etc/credstore/twofactor.vault-key-file", kOld);
  EXPECT_FALSE(Run());
  std::filesystem::remove_all(At("/etc"));
  EXPECT_FALSE(Run());
  EXPECT_TRUE(daemon_.calls.empty());
}

TEST_F(RekeyCommandTest, OneRekeyAtATimeHasThePlace) {
  const auto place = KeyPlace::Take(root_.path(), "", {});
  ASSERT_TRUE(place);
  const auto refused = Run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kConflict);
}

// Tools that "seal" by turning letters.
class SealedPlaceTest : public testing::Test {
 protected:
  static constexpr const char* kPlace = "/etc/credstore.encrypted/twofactor.vault-key";

  void SetUp() override {
    Tool("seal", "tr ab ba >\"$1\"");
    Tool("open", "exec tr ab ba <\"$3\"");
    std::filesystem::create_directories(root_ / "etc/credstore.encrypted");
    WriteFile(root_.path() + kPlace, kNew + "\n");
  }
  void Tool(const std::string& name, const std::string& does) const {
    WriteFile(root_ / name, "#!/bin/sh\n" + does + "\n");
    chmod((root_ / name).c_str(), 0755);
  }
  Result<KeyPlace> Take() const {
    return KeyPlace::Take(root_.path(), "", {.seal = root_ / "seal", .open = root_ / "open"});
  }

  TempDirectory root_;
};

TEST_F(SealedPlaceTest, KeyIsSealedAgainWhereItWasSealed) {
  const auto place = Take();
  ASSERT_TRUE(place);
  ASSERT_EQ(place->Read().value().text(), kOld);
  const auto put = place->Put(SecretBytes::CopyOf(kNew));
  ASSERT_TRUE(put) << put.error().message();
  EXPECT_EQ(ReadFile(root_.path() + kPlace), kOld);
  EXPECT_EQ(place->Read().value().text(), kNew);
}

TEST_F(SealedPlaceTest, KeyThatDoesNotOpenAgainIsNotPutIntoThePlace) {
  Tool("seal", "tr b c >\"$1\"");
  const auto place = Take();
  ASSERT_TRUE(place);
  EXPECT_FALSE(place->Put(SecretBytes::CopyOf(kNew)));
  Tool("seal", "exit 1");
  EXPECT_FALSE(place->Put(SecretBytes::CopyOf(kNew)));
  EXPECT_EQ(ReadFile(root_.path() + kPlace), kNew + "\n");
  EXPECT_FALSE(std::filesystem::exists(root_.path() + kPlace + ".new"));
}

}  // namespace
}  // namespace twofactor
