// twofactorctl import, with a daemon that follows a script.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "cli/commands/commands.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/cli/scripted.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// Users of every system.
constexpr const char* kTwoUsers =
    "HOTP daemon - 3132333435363738393031323334353637383930 4\n"
    "HOTP/T30 bin s3cr3t 3132333435363738393031323334353637383930\n";

class ImportTest : public testing::Test {
 protected:
  // Of a file with this text.
  Result<CommandResult> Import(const std::string& text) {
    WriteFile(folder_ / "file", text);
    arguments_.operands = {folder_ / "file"};
    return RunImport(arguments_, daemon_, terminal_);
  }
  // The daemon is asked whether it is there, and then to import.
  void Answer(const std::vector<std::pair<std::string, std::string>>& outcomes) {
    daemon_.script.emplace_back("auth.me", json{{"pw_name", "root"}});
    AnswerImport(outcomes);
  }
  void AnswerImport(const std::vector<std::pair<std::string, std::string>>& outcomes) {
    json answer = json::array();
    for (const auto& [name, outcome] : outcomes) {
      answer.push_back({{"username", name},
                        {"outcome", outcome},
                        {"reason", outcome == "refused" ? "the name is not his uid's" : ""}});
    }
    daemon_.script.emplace_back("user.import_2fa_devices", answer);
  }

  TempDirectory folder_;
  CliArguments arguments_;
  ScriptedDaemon daemon_;
  ScriptedTerminal terminal_;
};

TEST_F(ImportTest, EverybodyImportedIsOk) {
  Answer({{"daemon", "imported"}, {"bin", "imported"}});
  const auto result = Import(kTwoUsers);
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_EQ(result->status, ExitStatus::kOk);
  EXPECT_EQ(result->json["changed"], true);
  EXPECT_EQ(result->json["imported"], 2);
  EXPECT_THAT(result->text, HasSubstr("daemon: imported\nbin: imported (line 2: its PIN"));
  EXPECT_THAT(result->text, HasSubstr("  daemon: 1: HOTP, 6 digits, SHA1\n"
                                      "  bin: 1: TOTP, 6 digits, 30 s, SHA1\n2 imported"));
  EXPECT_EQ(result->json["results"][1]["devices"][0]["interval"], 30);
  EXPECT_THAT(daemon_.calls.at(1), HasSubstr(R"("counter":4)"));
  EXPECT_THAT(daemon_.calls[1], HasSubstr(R"({"dry_run":false,"replace":false})"));
}

TEST_F(ImportTest, SecretsAndPinsAreNeverShown) {
  Answer({{"daemon", "imported"}, {"bin", "imported"}});
  const auto result = Import(kTwoUsers);
  for (const std::string& shown : {result->text, result->json.dump(), terminal_.shown}) {
    EXPECT_THAT(shown, Not(HasSubstr("31323334")));
    EXPECT_THAT(shown, Not(HasSubstr("GEZDGNBV")));
    EXPECT_THAT(shown, Not(HasSubstr("s3cr3t")));
  }
}

TEST_F(ImportTest, WhoHasAFactorAlreadyIsNoFailureAndNothingChanged) {
  Answer({{"daemon", "exists"}, {"bin", "exists"}});
  const auto result = Import(kTwoUsers);
  EXPECT_EQ(result->status, ExitStatus::kOk);
  EXPECT_EQ(result->json["changed"], false);
  EXPECT_EQ(result->json["exists"], 2);
}

TEST_F(ImportTest, OneRefusedIsANoAndTheOthersAreImported) {
  Answer({{"daemon", "refused"}, {"bin", "imported"}});
  const auto result = Import(kTwoUsers);
  EXPECT_EQ(result->status, ExitStatus::kNo);
  EXPECT_EQ(result->json["changed"], true);
  EXPECT_THAT(result->text, HasSubstr("daemon: refused: the name is not his uid's"));
}

TEST_F(ImportTest, UnknownUsersAreToldAndNotSent) {
  Answer({{"daemon", "imported"}});
  const auto result = Import("HOTP no-such-user - 00\nHOTP daemon - 00\nHOTP ../x - 00\n");
  EXPECT_EQ(result->status, ExitStatus::kNo);
  EXPECT_EQ(result->json["refused"], 2);
  EXPECT_THAT(result->text, HasSubstr("no-such-user: refused: the system knows no such user"));
  EXPECT_THAT(daemon_.calls.at(1), Not(HasSubstr("no-such-user")));
  EXPECT_EQ(result->json["results"][0]["outcome"], "refused");
}

TEST_F(ImportTest, EverybodyIsFoundAmongManyToo) {
  std::string text;
  for (int i = 0; i < 200; ++i) {
    text += "HOTP no-such-user" + std::to_string(i) + " - 00\n";
  }
  Answer({{"daemon", "imported"}});
  EXPECT_EQ(Import(text + "HOTP daemon - 00\n")->json["imported"], 1);
}

TEST_F(ImportTest, DryRunIsTheDaemonsAndChangesNothing) {
  arguments_.dry_run = true;
  arguments_.replace = true;
  Answer({{"daemon", "would_import"}, {"bin", "would_import"}});
  const auto result = Import(kTwoUsers);
  EXPECT_EQ(result->status, ExitStatus::kOk);
  EXPECT_EQ(result->json["changed"], false);
  EXPECT_EQ(result->json["dry_run"], true);
  EXPECT_THAT(result->text, HasSubstr("2 would be imported"));
  EXPECT_THAT(daemon_.calls.at(1), HasSubstr(R"({"dry_run":true,"replace":true})"));
}

TEST_F(ImportTest, FormatIsGuessedOrNamed) {
  const auto unclear = Import("12345678\n");
  ASSERT_FALSE(unclear);
  EXPECT_THAT(unclear.error().message(), HasSubstr("--format"));
  arguments_.user = "daemon";
  Answer({{"daemon", "imported"}});
  EXPECT_TRUE(Import("GEZDGNBVGY3TQOJQ\n\" TOTP_AUTH\n12345678\n"));
  EXPECT_THAT(daemon_.calls.at(1), HasSubstr(R"("recovery_codes":["12345678"])"));
  arguments_.format = "otpauth";
  EXPECT_EQ(Import("GEZDGNBVGY3TQOJQ\n\" TOTP_AUTH\n")->json["refused"], 1);
}

TEST_F(ImportTest, PictureIsAFileLikeOthers) {
  const std::string path = folder_ / "qr.png";
  const std::string draw =
      "qrencode -o " + path + " 'otpauth://totp/lab:daemon?secret=GEZDGNBVGY3TQOJQ'";
  ASSERT_EQ(std::system(draw.c_str()), 0);
  Answer({{"daemon", "imported"}});
  const auto result = Import(ReadFile(path));
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_EQ(result->status, ExitStatus::kOk);
  EXPECT_THAT(result->text, HasSubstr("  daemon: lab (lab:daemon): TOTP, 6 digits, 30 s, SHA1\n"));
  EXPECT_THAT(result->text, Not(HasSubstr("GEZDGNBV")));
  const auto damaged = Import(ReadFile(path).substr(0, 60));
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.error().message(), HasSubstr("file as picture: the picture cannot be read"));
}

TEST_F(ImportTest, CallThatGotNoAnswerMayBeDoneAndTheReportSaysSo) {
  daemon_.script.emplace_back("auth.me", json::object());
  daemon_.script.emplace_back("user.import_2fa_devices", Fail(ErrorCode::kTimedOut, "too slow"));
  const auto result = Import(kTwoUsers);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, ExitStatus::kUnreachable);
  EXPECT_EQ(result->json["changed"], true);
  EXPECT_EQ(result->json["error"], "too slow");
  EXPECT_EQ(result->json["results"][0]["outcome"], "unknown");
  EXPECT_THAT(result->text, HasSubstr("Error: too slow"));
}

TEST_F(ImportTest, DaemonsErrorIsTheCommandsWhereNothingWasDone) {
  daemon_.script.emplace_back("auth.me", Fail(ErrorCode::kUnavailable, "nobody there"));
  EXPECT_EQ(StatusOf(Import(kTwoUsers).error()), ExitStatus::kUnreachable);
  daemon_.script.emplace_back("auth.me", json::object());
  daemon_.script.emplace_back("user.import_2fa_devices", Fail(ErrorCode::kNotPermitted, "no"));
  EXPECT_EQ(StatusOf(Import(kTwoUsers).error()), ExitStatus::kNotPermitted);
}

TEST_F(ImportTest, NobodyToSendIsToldWithoutADaemon) {
  EXPECT_EQ(Import("HOTP no-such-user - 00\n")->status, ExitStatus::kNo);
  EXPECT_TRUE(daemon_.calls.empty());
}

TEST_F(ImportTest, AdminProvesTheirOwnFactorWhereTheDaemonWantsIt) {
  daemon_.script.emplace_back("auth.me", json::object());
  daemon_.script.emplace_back("user.import_2fa_devices",
                              Fail(ErrorCode::kFactorRequired, "verify a code first"));
  daemon_.script.emplace_back("auth.login_ex_continue", json{{"response_type", "SUCCESS"}});
  AnswerImport({{"daemon", "imported"}, {"bin", "imported"}});
  terminal_.answers = {"123456"};
  EXPECT_EQ(Import(kTwoUsers)->status, ExitStatus::kOk);
  // The second call holds what the first did: nothing was wiped between them.
  EXPECT_EQ(daemon_.calls.at(1), daemon_.calls.at(3));
}

TEST_F(ImportTest, KeyOfAContainerIsAskedForOrReadAndNeedsOneOfBoth) {
  const std::string container =
      "<KeyContainer xmlns='urn:ietf:params:xml:ns:keyprov:pskc'><EncryptionKey/></KeyContainer>";
  terminal_.answers = {"zz"};
  EXPECT_THAT(Import(container).error().message(), HasSubstr("in hexadecimal"));
  EXPECT_THAT(terminal_.hidden.at(0), HasSubstr("Key of the file"));
  terminal_.interactive = false;
  EXPECT_THAT(Import(container).error().message(), HasSubstr("--key-file"));
  WriteFile(folder_ / "key", "00112233445566778899aabbccddeeff\n");
  arguments_.key_file = folder_ / "key";
  EXPECT_THAT(Import(container).error().message(), HasSubstr("has no MACMethod"));
}

TEST_F(ImportTest, WrongArgumentsAreAUsageErrorBeforeAnythingIsRead) {
  const auto status = [this](const CliArguments& arguments) {
    const auto result = RunImport(arguments, daemon_, terminal_);
    return result ? ExitStatus::kOk : StatusOf(result.error());
  };
  CliArguments arguments;
  EXPECT_EQ(status(arguments), ExitStatus::kUsage);
  arguments.operands = {"a", "b"};
  EXPECT_EQ(status(arguments), ExitStatus::kUsage);
  arguments.operands = {"/no/such/file"};
  EXPECT_EQ(status(arguments), ExitStatus::kUsage);
  arguments.homes = true;
  arguments.path = "x/%u";
  EXPECT_EQ(status(arguments), geteuid() == 0 ? ExitStatus::kUsage : ExitStatus::kNotPermitted);
  arguments.path.clear();
  arguments.format = "pskc";
  EXPECT_EQ(status(arguments), ExitStatus::kUsage);
}

TEST_F(ImportTest, FilesInHomesAreImported) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  WriteFile(folder_ / "daemon", "GEZDGNBVGY3TQOJQ\n\" TOTP_AUTH\n");
  ASSERT_EQ(chown((folder_ / "daemon").c_str(), getpwnam("daemon")->pw_uid, 0), 0);
  arguments_.homes = true;
  arguments_.path = folder_ / "%u";
  arguments_.operands = {"daemon"};
  Answer({{"daemon", "imported"}});
  const auto result = RunImport(arguments_, daemon_, terminal_);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->json["imported"], 1);
}

}  // namespace
}  // namespace twofactor
