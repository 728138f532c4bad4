// The built twofactorctl in other languages than English.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/temp_directory.h"
#include "tests/translations/languages.h"
#include "tests/unit/cli/program.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

const json kNobody = {{"user.twofactor_config", {{"result", {{"secret_configured", false}}}}}};
const json kOneDevice = {{"user.list_2fa_devices",
                          {{"result",
                            {{"devices", json::array({{{"id", 3},
                                                       {"label", "手机"},
                                                       {"type", "TOTP"},
                                                       {"algorithm", "SHA1"},
                                                       {"otp_digits", 6},
                                                       {"interval", 30},
                                                       {"created", 1700000000},
                                                       {"failures", 1234},
                                                       {"wait", 9}}})},
                             {"recovery_codes_left", 4}}}}}};

TEST(CliLanguageTest, SpeaksGerman) {
  NameLocale(kGerman);
  EXPECT_EQ(RunAgainst(kNobody, {"status", "alice"}).out,
            "alice hat keinen zweiten Faktor. »twofactorctl renew« gibt einen.\n");
}

TEST(CliLanguageTest, SpeaksChinese) {
  NameLocale(kChinese);
  EXPECT_EQ(RunAgainst(kNobody, {"status", "alice"}).out,
            "alice 没有第二因素。可用“twofactorctl renew”设置。\n");
}

TEST(CliLanguageTest, SpeaksEnglishInOtherLocales) {
  for (const char* locale : {"C", "POSIX", "C.UTF-8", "xx_XX.UTF-8"}) {
    NameLocale(locale);
    EXPECT_EQ(RunAgainst(kNobody, {"status", "alice"}).out,
              "alice has no second factor. Run 'twofactorctl renew' to set one up.\n")
        << locale;
  }
}

TEST(CliLanguageTest, HelpAndUsageErrorsAreGerman) {
  NameLocale(kGerman);
  EXPECT_THAT(RunProgram({"--help"}).out, StartsWith("Aufruf: twofactorctl"));
  EXPECT_EQ(RunProgram({"dance"}).err,
            "twofactorctl: unbekannter Befehl\nVersuchen Sie »twofactorctl --help«.\n");
  EXPECT_THAT(RunProgram({"--dance"}).err, HasSubstr("unbekannte Option"));
  EXPECT_THAT(RunProgram({"renwe"}).err, HasSubstr("meinten Sie »renew«?"));
  EXPECT_THAT(RunProgram({"unset", "alice", "--dry-run"}).err,
              HasSubstr("--dry-run ist keine Option von »unset«"));
  EXPECT_THAT(RunProgram({"help", "unset"}).out, HasSubstr("Nicht nachfragen"));
}

// Scripts read it.
TEST(CliLanguageTest, JsonIsEnglishInEveryLocale) {
  NameLocale(kGerman);
  EXPECT_EQ(RunProgram({"--json", "dance"}).Json()["error"], "unknown command");
  EXPECT_EQ(RunProgram({"--json", "--dance"}).Json()["error"], "unknown option");
  // getopt_long(3) takes the beginning of an option for it.
  EXPECT_EQ(RunProgram({"--js", "unlock", "a", "--run-dir", "/nowhere"}).Json()["error"],
            RunProgram({"--json", "unlock", "a", "--run-dir", "/nowhere"}).Json()["error"]);
  EXPECT_EQ(RunProgram({"--js", "remove-device", "x", "y"}).Json()["error"],
            "a device ID is a number from 0 to 15 (see 'twofactorctl devices')");
}

// In another language everything around it is translated, and a reason of the daemon's is not.
TEST(CliLanguageTest, ReasonOfTheDaemonIsAsItGaveIt) {
  NameLocale(kGerman);
  const json refusing = {{"user.twofactor_config", ErrorAnswer(EPERM, "alice may not")}};
  EXPECT_THAT(RunAgainst(refusing, {"status", "alice"}).err, HasSubstr("alice may not"));
}

TEST(CliLanguageTest, ColumnsStandBelowTheirHeadingsWhateverTheirWidth) {
  NameLocale(kChinese);
  EXPECT_EQ(RunAgainst(kOneDevice, {"devices", "alice"}).out,
            "ID  名称  类型  位数  间隔   创建日期    错误次数\n"
            "3   手机  TOTP  6     30 秒  2023-11-14  1234，等待 9 秒\n"
            "剩余恢复码：4\n");
}

// Neither a separator of thousands nor another order of a date.
TEST(CliLanguageTest, NumbersAndDatesAreTheSameInEveryLocale) {
  NameLocale(kGerman);
  EXPECT_THAT(RunAgainst(kOneDevice, {"devices", "alice"}).out,
              HasSubstr("2023-11-14  1234, 9 s warten"));
}

TEST(CliLanguageTest, DoctorSpeaksGermanAndKeepsItsIdsInJson) {
  NameLocale(kGerman);
  const TempDirectory root;
  const std::vector<std::string> doctor = {"--root", root.path(), "--run-dir", "/nowhere",
                                           "doctor"};
  EXPECT_THAT(RunProgram(doctor).out, HasSubstr("Problem: Der Dienst antwortet nicht: "));
  std::vector<std::string> in_json = doctor;
  in_json.push_back("--json");
  const json finding = RunProgram(in_json).Json()["findings"][0];
  EXPECT_EQ(finding["level"], "problem");
  EXPECT_EQ(finding["id"], "daemon.unreachable");
  EXPECT_THAT(finding["text"].get<std::string>(), StartsWith("The daemon does not answer: "));
}

TEST(CliLanguageTest, ImportSaysInGermanWhichLineItMeans) {
  NameLocale(kGerman);
  EXPECT_EQ(RunProgram({"import", "-", "--format", "otpauth"}, std::string(70000, 'x')).err,
            "twofactorctl: - als otpauth: Zeile 1 ist zu lang für eine otpauth://-URI\n");
}

TEST(CliLanguageTest, LanguageGoesBeforeTheLocale) {
  NameLocale(kGerman);
  setenv("LANGUAGE", "xx:zh_CN", 1);
  EXPECT_THAT(RunAgainst(kNobody, {"status", "alice"}).out, HasSubstr("第二因素"));
}

}  // namespace
}  // namespace twofactor
