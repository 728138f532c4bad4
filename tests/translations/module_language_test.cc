// What the built module says through the real libpam, by the locale of the program around it.
#include <gtest/gtest.h>
#include <libintl.h>
#include <security/pam_appl.h>

#include <clocale>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/pam/login.h"
#include "tests/pam/scripted.h"
#include "tests/support/store_fixture.h"
#include "tests/support/temp_directory.h"
#include "tests/translations/languages.h"

namespace twofactor {
namespace {

using Lines = std::vector<std::string>;

constexpr const char* kDomain = "pam_twofactor";

class ModuleLanguageTest : public testing::Test {
 protected:
  ModuleLanguageTest() {
    // As if the catalogues were where libc looks by itself: the module binds no folder.
    bindtextdomain(kDomain, BuiltCatalogues().c_str());
    store_.clock.wall = SystemClock().Wall();
    store_.clock.boot = SystemClock().Boot();
    store_.Restart();
    store_.Enroll("root", 0, RfcSecret(), {});
  }
  ~ModuleLanguageTest() override { std::setlocale(LC_ALL, "C"); }

  std::string Code() {
    store_.clock.wall = SystemClock().Wall();
    return std::string(store_.CodeOf("root").text());
  }
  PamStack::Outcome Login(const std::string& typed, const std::string& options = "") {
    return PamStack("auth required MODULE run_dir=" + store_.paths().directory() + " " + options)
        .Login("root", {typed});
  }

  StoreFixture store_;
};

TEST_F(ModuleLanguageTest, GermanProgramAsksInGerman) {
  SpeakAs(kGerman);
  EXPECT_EQ(Login(Code()).prompts, Lines{"Einmalcode: "});
  EXPECT_EQ(Login("000000", "forward_pass").prompts, Lines{"Passwort & Einmalcode: "});
}

TEST_F(ModuleLanguageTest, ChineseProgramAsksInChinese) {
  SpeakAs(kChinese);
  EXPECT_EQ(Login(Code()).prompts, Lines{"验证码："});
}

TEST_F(ModuleLanguageTest, ReplayIsToldInTheProgramsLanguage) {
  SpeakAs(kGerman);
  const std::string code = Code();
  EXPECT_EQ(Login(code).code, PAM_SUCCESS);
  const auto second = Login(code);
  EXPECT_EQ(second.code, PAM_AUTH_ERR);
  EXPECT_EQ(second.messages,
            Lines{"Dieser Code wurde schon verwendet. Bitte warten Sie auf den nächsten."});
}

// sshd, and every program that does not speak its user's language.
TEST_F(ModuleLanguageTest, ProgramThatSetNoLocaleAsksInEnglish) {
  NameLocale(kGerman);
  setenv("LANGUAGE", "de", 1);
  EXPECT_EQ(Login(Code()).prompts, Lines{"Verification code: "});
  EXPECT_EQ(Login("x", "forward_pass").prompts, Lines{"Password & verification code: "});
}

TEST_F(ModuleLanguageTest, PosixLocaleAsksInEnglish) {
  SpeakAs("POSIX");
  EXPECT_EQ(Login(Code()).prompts, Lines{"Verification code: "});
  SpeakAs("C.UTF-8");
  EXPECT_EQ(Login("x").prompts, Lines{"Verification code: "});
}

// The very words of the usual prompt, so that a catalogue could know them.
TEST_F(ModuleLanguageTest, AdministratorsPromptIsNotTranslated) {
  SpeakAs(kGerman);
  EXPECT_EQ(Login("x", "[authtok_prompt=Verification code: ]").prompts,
            Lines{"Verification code: "});
}

TEST_F(ModuleLanguageTest, LeavesLocaleAndDomainsOfTheProgramAsTheyWere) {
  SpeakAs(kGerman);
  const std::string locale = std::setlocale(LC_ALL, nullptr);
  textdomain("program");
  EXPECT_EQ(Login("x").prompts, Lines{"Einmalcode: "});
  EXPECT_EQ(std::setlocale(LC_ALL, nullptr), locale);
  EXPECT_STREQ(textdomain(nullptr), "program");
  EXPECT_EQ(bindtextdomain(kDomain, nullptr), BuiltCatalogues());
}

TEST_F(ModuleLanguageTest, ProgramInAnotherEncodingGetsItsLetters) {
  SpeakAs(kGerman);
  bind_textdomain_codeset(kDomain, "ISO-8859-1");
  const std::string code = Code();
  Login(code);
  const auto second = Login(code);
  bind_textdomain_codeset(kDomain, "UTF-8");
  EXPECT_EQ(second.messages,
            Lines{"Dieser Code wurde schon verwendet. Bitte warten Sie auf den n\xE4"
                  "chsten."});
}

// A folder with one German catalogue, of these bytes or of this translation.
class OwnCatalogue {
 public:
  void Write(const std::string& bytes) { std::ofstream(Path("mo")) << bytes; }
  void Translate(const std::string& message, const std::string& words) {
    std::ofstream(Path("po")) << "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\""
                              << "\n\nmsgid \"" << message << "\"\nmsgstr \"" << words << "\"\n";
    const std::string made = "msgfmt -o '" + Path("mo") + "' '" + Path("po") + "'";
    ASSERT_EQ(std::system(made.c_str()), 0);
  }
  void Bind() { bindtextdomain(kDomain, folder_.path().c_str()); }

 private:
  std::string Path(const std::string& ending) {
    const std::string messages = folder_.path() + "/de/LC_MESSAGES";
    std::filesystem::create_directories(messages);
    return messages + "/" + kDomain + "." + ending;
  }

  TempDirectory folder_;
};

TEST_F(ModuleLanguageTest, BrokenCatalogueIsAskedInEnglish) {
  SpeakAs(kGerman);
  std::ifstream file(BuiltCatalogues() + "/de/LC_MESSAGES/pam_twofactor.mo");
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  ASSERT_GT(whole.size(), 100U);
  for (const std::string& bytes : {std::string(), std::string("no catalogue"),
                                   std::string(4096, '\xFF'), whole.substr(0, 20)}) {
    OwnCatalogue catalogue;
    catalogue.Write(bytes);
    catalogue.Bind();
    const auto login = Login("x");
    EXPECT_EQ(login.code, PAM_AUTH_ERR);
    EXPECT_EQ(login.prompts, Lines{"Verification code: "}) << bytes.size();
  }
}

TEST_F(ModuleLanguageTest, FormatsOfPrintfInACatalogueAreOnlyText) {
  SpeakAs(kGerman);
  OwnCatalogue catalogue;
  catalogue.Translate("Verification code: ", "%n%s%9 %1 %*d %");
  catalogue.Bind();
  EXPECT_EQ(Login("x").prompts, Lines{"%n%s%9 %1 %*d %"});
}

// The whole core with a scripted program, in German.
ScriptedHost LoginOf(Verification verification, const std::vector<std::string>& options = {},
                     DaemonScript daemon = {}, FactorState state = FactorState::kConfigured,
                     std::deque<std::string> answers = {"123456"}) {
  ScriptedHost host;
  host.answers = std::move(answers);
  std::string seen;
  bool learns = false;
  const OpenSource source = [&](const ModuleOptions&) -> Result<std::unique_ptr<FactorSource>> {
    return std::make_unique<ScriptedSource>(FactorSource::State{state, {6}}, verification, &seen,
                                            &learns);
  };
  const OpenDaemon open = [&](const ModuleOptions&) {
    return std::make_unique<ScriptedDaemon>(daemon);
  };
  Authenticate(host, options, source, open);
  return host;
}

TEST_F(ModuleLanguageTest, LogStaysEnglish) {
  SpeakAs(kGerman);
  const auto host = LoginOf({VerifyOutcome::kThrottled, std::chrono::seconds(7)}, {"show_wait"});
  EXPECT_EQ(host.told, Lines{"Zu viele falsche Codes. Versuchen Sie es in 7 Sekunden wieder."});
  EXPECT_EQ(host.logged,
            "user alice: second factor refused: too many wrong codes, for 7 more seconds\n");
}

TEST_F(ModuleLanguageTest, OneIsSaidAsTheLanguageSaysOne) {
  SpeakAs(kGerman);
  EXPECT_EQ(LoginOf({VerifyOutcome::kThrottled, std::chrono::seconds(1)}, {"show_wait"}).told,
            Lines{"Zu viele falsche Codes. Versuchen Sie es in 1 Sekunde wieder."});
  SpeakAs("C");
  EXPECT_EQ(LoginOf({VerifyOutcome::kThrottled, std::chrono::seconds(1)}, {"show_wait"}).told,
            Lines{"Too many wrong codes. Try again in 1 second."});
}

TEST_F(ModuleLanguageTest, EnrollmentIsInTheProgramsLanguage) {
  SpeakAs(kGerman);
  DaemonScript daemon;
  daemon.days_left = 1;
  const auto host = LoginOf({}, {"enroll=required:3", "no_qr"}, daemon, FactorState::kAbsent, {""});
  EXPECT_EQ(host.shown,
            Lines{"Sie haben noch keinen zweiten Faktor und sollen einen einrichten.\n"
                  "Geben Sie dieses Geheimnis in eine Authenticator-App ein.\n\n"
                  "Geheimnis: ABCD EFGH\n"
                  "Es erzeugt Codes aus 6 Ziffern, alle 30 Sekunden einen neuen.\n\n"
                  "Geben Sie dann den Code ein, den die App anzeigt. Drücken Sie die Eingabetaste,"
                  " um das später zu tun: Es bleibt noch 1 Tag."});
}

}  // namespace
}  // namespace twofactor
