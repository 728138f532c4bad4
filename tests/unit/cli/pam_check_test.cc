#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "cli/doctor/checks.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

// Debian 12's own files, without their comments.
constexpr const char* kCommonAuth =
    "auth\t[success=1 default=ignore]\tpam_unix.so nullok\n"
    "auth\trequisite\t\t\tpam_deny.so\n"
    "auth\trequired\t\t\tpam_permit.so\n"
    "auth\toptional\t\t\tpam_cap.so \n";
constexpr const char* kSshd = "@include common-auth\naccount    required     pam_nologin.so\n";
constexpr const char* kSudo =
    "session    required   pam_limits.so\n@include common-auth\n"
    "@include common-account\n@include common-session-noninteractive\n";
constexpr const char* kSu =
    "auth       sufficient pam_rootok.so\n"
    "session       required   pam_env.so readenv=1\n@include common-auth\n";
constexpr const char* kSuL = "auth\t\tinclude\t\tsu\naccount\t\tinclude\t\tsu\n";
constexpr const char* kLogin =
    "auth       optional   pam_faildelay.so  delay=3000000\n"
    "auth       requisite  pam_nologin.so\n"
    "session [success=ok ignore=ignore module_unknown=ignore default=bad] pam_selinux.so close\n"
    "@include common-auth\n"
    "auth       optional   pam_group.so\n";
constexpr const char* kOurs = "auth required pam_twofactor.so\n";

// A tree with these PAM files and modules, and the ids of what doctor finds in it.
class DoctorTest : public testing::Test {
 protected:
  using Ids = std::vector<std::string>;

  DoctorTest() {
    std::filesystem::create_directories(root_ / "etc/pam.d");
    std::filesystem::create_directories(root_ / Folder());
    for (const char* module :
         {"twofactor", "unix", "deny", "permit", "cap", "faildelay", "nologin", "group", "rootok",
          "succeed_if", "env", "faillock", "sss", "usertype", "localuser"}) {
      WriteFile(ModuleFile(module), "");
    }
    Service("common-account", "account required pam_unix.so\n");
    Service("common-session-noninteractive", "session required pam_unix.so\n");
  }
  static std::string Folder() { return "usr/lib/x86_64-linux-gnu/security/"; }
  std::string ModuleFile(const std::string& module) const {
    return root_ / (Folder() + "pam_" + module + ".so");
  }
  void Service(const std::string& name, const std::string& text) {
    WriteFile(root_ / ("etc/pam.d/" + name), text);
  }
  // Debian's services, with this as common-auth, and sshd's file followed by more.
  void Debian(const std::string& common_auth, const std::string& after_sshd = "") {
    Service("common-auth", common_auth);
    Service("sshd", kSshd + after_sshd);
    Service("sudo", kSudo);
    Service("su", kSu);
    Service("su-l", kSuL);
    Service("login", kLogin);
  }
  Ids Found() const {
    Ids ids;
    for (const Finding& finding : CheckPam(root_.path())) {
      ids.push_back(finding.id);
    }
    return ids;
  }
  Finding Find(const std::string& id) const {
    for (const Finding& finding : CheckPam(root_.path())) {
      if (finding.id == id) {
        return finding;
      }
    }
    ADD_FAILURE() << id << " was not found, but " << testing::PrintToString(Found());
    return {};
  }

  TempDirectory root_;
};

TEST_F(DoctorTest, RightStackIsOk) {
  Service("sshd", "@include common-auth\n");
  Service("common-auth", "auth required pam_unix.so\nauth required pam_twofactor.so\n");
  EXPECT_EQ(Found(), (Ids{"pam.common-auth", "pam.sshd"}));
}

TEST_F(DoctorTest, DebianWithTheLineAtTheEndOfCommonAuthIsOk) {
  Debian(std::string(kCommonAuth) + kOurs);
  EXPECT_EQ(Found(),
            (Ids{"pam.common-auth", "pam.login", "pam.sshd", "pam.su", "pam.su-l", "pam.sudo"}));
}

TEST_F(DoctorTest, DebianWithTheLineInSshdAloneIsOkAndTellsWhoAsksForNone) {
  Debian(kCommonAuth, kOurs);
  EXPECT_EQ(Found(), (Ids{"pam.sshd", "pam.without"}));
  EXPECT_THAT(Find("pam.without").text, HasSubstr("login, sudo, su"));
}

TEST_F(DoctorTest, LineRightAfterDebiansPamUnixIsJumpedOver) {
  Debian(
      "auth [success=2 default=ignore] pam_unix.so nullok\nauth required pam_twofactor.so\n"
      "auth requisite pam_deny.so\nauth required pam_permit.so\n");
  EXPECT_EQ(Find("pam.sshd.skipped").level, Finding::Level::kProblem);
  EXPECT_THAT(Find("pam.sshd.skipped").text,
              AllOf(HasSubstr("pam_unix.so"), HasSubstr("[success=2 default=ignore]"),
                    HasSubstr("/etc/pam.d/common-auth")));
}

TEST_F(DoctorTest, LineInPlaceOfDebiansPamDenyIsJumpedOver) {
  Debian(
      "auth [success=1 default=ignore] pam_unix.so nullok\nauth required pam_twofactor.so\n"
      "auth requisite pam_deny.so\nauth required pam_permit.so\n");
  // The jump ends at pam_deny: whoever knows the password is refused, and nobody is let in.
  EXPECT_THAT(Found(), AllOf(Contains("pam.sshd.locked-out"), Not(Contains("pam.sshd.skipped"))));
}

TEST_F(DoctorTest, LineBeforeDebiansPamUnixIsOk) {
  Debian(std::string(kOurs) + kCommonAuth);
  EXPECT_THAT(Found(), IsSupersetOf({"pam.sshd", "pam.sudo", "pam.su", "pam.login"}));
}

TEST_F(DoctorTest, SufficientLineBeforeTheModuleSkipsIt) {
  Service("sudo", "auth sufficient pam_unix.so\nauth required pam_twofactor.so\n");
  // Nor is the password needed then: a right code is enough for who does not know it.
  EXPECT_EQ(Found(), (Ids{"pam.sudo.skipped", "pam.sudo.code-alone"}));
}

TEST_F(DoctorTest, JumpThatEndsBehindTheModuleSkipsItAndOneBeforeItDoesNot) {
  Service("a",
          "auth [success=2 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n"
          "auth required pam_twofactor.so\nauth required pam_permit.so\n");
  Service("b",
          "auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n"
          "auth required pam_twofactor.so\n");
  // In the first, who does not know the password is denied, and who does skips the module.
  EXPECT_EQ(Found(), (Ids{"pam.a.skipped", "pam.a.locked-out", "pam.b"}));
}

TEST_F(DoctorTest, NullokAndOptionalAreSeen) {
  Service("x", "auth required pam_unix.so\nauth required pam_twofactor.so nullok\n");
  Service("y", "auth required pam_unix.so\nauth optional pam_twofactor.so\n");
  EXPECT_EQ(Found(), (Ids{"pam.x.nullok", "pam.y.not-required"}));
  EXPECT_EQ(Find("pam.x.nullok").level, Finding::Level::kWarning);
  EXPECT_EQ(Find("pam.y.not-required").level, Finding::Level::kProblem);
}

TEST_F(DoctorTest, NullokInBracketsIsNullok) {
  Service("x", "auth required pam_unix.so\nauth required pam_twofactor.so [nullok]\n");
  EXPECT_EQ(Found(), Ids{"pam.x.nullok"});
}

TEST_F(DoctorTest, DefaultIgnoreOnTheModulesLineKeepsNobodyOut) {
  for (const char* control : {"[default=ignore]", "[success=ok default=ignore]",
                              "[success=ok ignore=ignore auth_err=ignore default=bad]"}) {
    Service("x", "auth required pam_unix.so\nauth " + std::string(control) + " pam_twofactor.so\n");
    EXPECT_THAT(Found(), Contains("pam.x.not-required")) << control;
  }
}

TEST_F(DoctorTest, SubstackThatAnswersForItselfDoesNotSkipALineAfterIt) {
  Service("sub", "auth sufficient pam_unix.so\nauth required pam_deny.so\n");
  Service("x", "auth substack sub\nauth required pam_twofactor.so\n");
  EXPECT_EQ(Found(), Ids{"pam.x"});
  Service("x", "auth include sub\nauth required pam_twofactor.so\n");
  EXPECT_EQ(Found(), Ids({"pam.x.skipped", "pam.x.locked-out"}));
}

TEST_F(DoctorTest, FedorasSystemAuthWithTheLineAfterItIsOk) {
  Service("password-auth",
          "auth required pam_env.so\nauth required pam_faildelay.so delay=2000000\n"
          "auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular\n"
          "auth [default=1 ignore=ignore success=ok] pam_localuser.so\n"
          "auth sufficient pam_unix.so nullok\n"
          "auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular\n"
          "auth sufficient pam_sss.so forward_pass\nauth required pam_deny.so\n");
  Service("sshd", "auth substack password-auth\nauth required pam_twofactor.so\n");
  EXPECT_EQ(Found(), Ids{"pam.sshd"});
}

TEST_F(DoctorTest, ConditionThatLeadsPastIsAWarningAndNoProblem) {
  Service("sshd",
          "auth required pam_unix.so\n"
          "auth [success=1 default=ignore] pam_succeed_if.so user ingroup nocode\n"
          "auth required pam_twofactor.so\n");
  EXPECT_EQ(Found(), Ids{"pam.sshd.exempt"});
  EXPECT_EQ(Find("pam.sshd.exempt").level, Finding::Level::kWarning);
}

TEST_F(DoctorTest, PamDenyThatRefusesEverybodyIsALockOut) {
  Service("sshd",
          "auth required pam_unix.so\nauth required pam_twofactor.so\n"
          "auth required pam_deny.so\n");
  EXPECT_EQ(Found(), Ids{"pam.sshd.locked-out"});
}

TEST_F(DoctorTest, CodeWithoutAPasswordIsAWarning) {
  Service("sshd", "auth required pam_twofactor.so\n");
  EXPECT_EQ(Found(), Ids{"pam.sshd.code-alone"});
  Service("sshd", "auth sufficient pam_twofactor.so\nauth required pam_unix.so\n");
  EXPECT_THAT(Found(), IsSupersetOf({"pam.sshd.not-required", "pam.sshd.code-alone"}));
}

TEST_F(DoctorTest, LineInCommonAuthAndOnceMoreInSshdAsksTwice) {
  Debian(std::string(kCommonAuth) + kOurs, kOurs);
  EXPECT_THAT(Found(), AllOf(Contains("pam.sshd.asked-twice"), Contains("pam.sudo")));
}

TEST_F(DoctorTest, OptionsThatTheModuleDoesNotKnowAreNamedWithoutTheirValues) {
  Service("x",
          "auth required pam_unix.so\n"
          "auth required pam_twofactor.so secret=/home/x window=11 nullok=1 authtok_prompt=\n");
  EXPECT_EQ(Found(), (Ids{"pam.x.option", "pam.x.option", "pam.x.option", "pam.x.option"}));
  EXPECT_THAT(Find("pam.x.option").text, AllOf(HasSubstr("'secret'"), Not(HasSubstr("/home"))));
}

TEST_F(DoctorTest, PromptWithBlanksInBracketsIsWellFormed) {
  Service("x",
          "auth required pam_unix.so\n"
          "auth required pam_twofactor.so [authtok_prompt=One-time password: ] window=0\n");
  EXPECT_EQ(Found(), Ids{"pam.x"});
}

TEST_F(DoctorTest, ForwardPassNeedsALineThatTakesThePassword) {
  Service("x", "auth required pam_twofactor.so forward_pass\nauth required pam_unix.so\n");
  Service("y",
          "auth required pam_twofactor.so forward_pass\nauth required pam_sss.so use_first_pass\n");
  Service("z", "auth required pam_unix.so\nauth required pam_twofactor.so forward_pass\n");
  EXPECT_EQ(Found(), (Ids{"pam.x", "pam.y.use-first-pass", "pam.z.forward-pass"}));
}

TEST_F(DoctorTest, LineBehindForwardPassHasToAskWhereTheModuleDoesNot) {
  const std::string ours = "auth required pam_twofactor.so forward_pass\n";
  Service("x", ours + "auth required pam_unix.so use_first_pass\n");
  EXPECT_EQ(Found(), Ids{"pam.x.use-first-pass"});
  EXPECT_EQ(Find("pam.x.use-first-pass").level, Finding::Level::kWarning);
  EXPECT_THAT(Find("pam.x.use-first-pass").text, HasSubstr("/etc/pam.d/x:2"));
  EXPECT_THAT(Find("pam.x.use-first-pass").advice, HasSubstr("'try_first_pass'"));
  Service("x", ours + "auth required pam_unix.so try_first_pass\n");
  EXPECT_EQ(Found(), Ids{"pam.x"});
}

TEST_F(DoctorTest, LineThatTakesItsCodeFromThePasswordIsExplained) {
  for (const std::string option : {"try_first_pass", "use_first_pass"}) {
    const std::string lines = "auth required pam_unix.so\nauth required pam_twofactor.so " + option;
    Service("x", lines + "\n");
    EXPECT_EQ(Found(), Ids{"pam.x.takes-password"});
    EXPECT_THAT(Find("pam.x.takes-password").text,
                AllOf(HasSubstr("/etc/pam.d/x:2"), HasSubstr(option)));
    EXPECT_THAT(Find("pam.x.takes-password").advice, HasSubstr("digits=6"));
    Service("x", lines + " digits=6\n");
    EXPECT_EQ(Found(), Ids{"pam.x"});
  }
}

TEST_F(DoctorTest, ServiceOfOneQuestionThatIsToAskTwoIsNamedWithTheLinesThatWork) {
  Service("common-auth", std::string(kCommonAuth) + kOurs);
  Service("cups", "@include common-auth\n@include common-account\n");
  const Finding found = Find("pam.cups.one-question");
  EXPECT_EQ(found.level, Finding::Level::kWarning);
  EXPECT_THAT(found.text, AllOf(HasSubstr("CUPS"), HasSubstr("/etc/pam.d/common-auth:5")));
  EXPECT_THAT(found.advice, AllOf(HasSubstr("twofactorctl stack cups --write"),
                                  HasSubstr("'auth required pam_twofactor.so forward_pass'"),
                                  HasSubstr("'auth required pam_unix.so try_first_pass'")));
  Service("cups",
          "auth required pam_twofactor.so forward_pass\n"
          "auth required pam_unix.so try_first_pass\n");
  EXPECT_EQ(Found(), (Ids{"pam.common-auth", "pam.cups"}));
}

TEST_F(DoctorTest, ServiceWithoutAFileOfItsOwnIsSeenWhereItsProgramIs) {
  Service("common-auth", std::string(kCommonAuth) + kOurs);
  Service("other", "@include common-auth\n");
  EXPECT_THAT(Found(), Not(Contains("pam.imap.one-question")));
  std::filesystem::create_directories(root_ / "usr/sbin");
  WriteFile(root_ / "usr/sbin/saslauthd", "");
  EXPECT_THAT(Found(), IsSupersetOf({"pam.imap.one-question", "pam.smtp.one-question"}));
  Service("imap", "auth required pam_unix.so\n");
  EXPECT_THAT(Found(), Not(Contains("pam.imap.one-question")));
}

TEST_F(DoctorTest, ServerThatAsksForEachRequestIsNamed) {
  Service("nginx",
          "auth required pam_twofactor.so forward_pass\n"
          "auth required pam_unix.so try_first_pass\n");
  EXPECT_EQ(Found(), Ids{"pam.nginx.each-request"});
  Service("nginx",
          "auth required pam_twofactor.so forward_pass grace_period=600\n"
          "auth required pam_unix.so try_first_pass\n");
  EXPECT_EQ(Found(), Ids{"pam.nginx"});
}

TEST_F(DoctorTest, NullokOfALineThatServicesShareIsToldOnce) {
  Debian(std::string(kCommonAuth) + "auth required pam_twofactor.so nullok\n");
  EXPECT_EQ(Found(), (Ids{"pam.common-auth", "pam.login", "pam.sshd", "pam.su", "pam.su-l",
                          "pam.sudo", "pam.nullok"}));
  EXPECT_EQ(Find("pam.nullok").level, Finding::Level::kWarning);
  EXPECT_THAT(Find("pam.nullok").text, AllOf(HasSubstr("/etc/pam.d/common-auth:5"),
                                             HasSubstr("login, sshd, su, su-l, sudo")));
}

TEST_F(DoctorTest, BackupOfAStackIsNoService) {
  Service("cups.before-twofactor", std::string(kCommonAuth) + kOurs);
  EXPECT_EQ(Found(), Ids{"pam.not-used"});
}

TEST_F(DoctorTest, LineOfAnotherTypeThatIsRequiredRefusesEverybody) {
  Service("x", "account required pam_twofactor.so\n");
  EXPECT_THAT(Find("pam.x.not-auth").text, HasSubstr("refuses everybody"));
  Service("x", "account optional pam_twofactor.so\n");
  EXPECT_THAT(Find("pam.x.not-auth").text, HasSubstr("asks for nothing"));
}

TEST_F(DoctorTest, UseFirstPassNeedsALineThatAskedBefore) {
  Service("x", "auth required pam_twofactor.so use_first_pass\nauth required pam_unix.so\n");
  EXPECT_EQ(Found(), Ids{"pam.x.nothing-to-take"});
}

TEST_F(DoctorTest, EnrollAfterAWrongPasswordGivesAnybodyTheFactor) {
  const std::string ours = "auth required pam_twofactor.so enroll=optional\n";
  Service("x", "auth required pam_unix.so\n" + ours);
  Service("y", "auth requisite pam_unix.so\n" + ours);
  Service("z",
          "auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n"
          "auth required pam_permit.so\n" +
              ours);
  Service("k", ours);
  Service("n", "auth required pam_unix.so\nauth required pam_twofactor.so\n");
  const Ids found = Found();
  EXPECT_THAT(found, IsSupersetOf({"pam.x.enrolls-anybody", "pam.k.enrolls-unproved"}));
  EXPECT_THAT(found, Not(Contains("pam.y.enrolls-anybody")));
  EXPECT_THAT(found, Not(Contains("pam.z.enrolls-anybody")));
  EXPECT_THAT(found, Not(Contains("pam.z.enrolls-unproved")));
  EXPECT_THAT(found, Not(Contains("pam.n.enrolls-anybody")));
}

TEST_F(DoctorTest, EnrollDoesNotGoBeforeThePassword) {
  Service("x",
          "auth required pam_twofactor.so forward_pass enroll=optional\n"
          "auth required pam_unix.so\n");
  EXPECT_THAT(Found(), Contains("pam.x.option"));
}

TEST_F(DoctorTest, IncludeThatIsNotThereOrTurnsInACircleIsNamed) {
  Service("a", "auth required pam_unix.so\nauth required pam_twofactor.so\n@include gone\n");
  Service("b", "auth required pam_unix.so\nauth required pam_twofactor.so\n@include b\n");
  EXPECT_THAT(Found(), IsSupersetOf({"pam.a.broken", "pam.a.locked-out", "pam.b.broken",
                                     "pam.b.locked-out"}));
  EXPECT_THAT(Find("pam.a.broken").text, AllOf(HasSubstr("gone"), HasSubstr("/etc/pam.d/a")));
  EXPECT_THAT(Find("pam.b.broken").text, HasSubstr("circle"));
}

TEST_F(DoctorTest, LineThatIsMistypedIsNamed) {
  Service("x", "atuh required pam_unix.so\nauth required pam_twofactor.so\n");
  EXPECT_THAT(Find("pam.x.broken").text, HasSubstr("'atuh'"));
  EXPECT_THAT(Found(), Contains("pam.x.locked-out"));
}

// What people write before our line, and which of it leads past.
TEST_F(DoctorTest, SufficientLineOfAnyModuleBeforeOursIsNamedWithItsPlace) {
  WriteFile(ModuleFile("ldap"), "");
  for (const char* line :
       {"sufficient pam_unix.so", "[success=done default=ignore] pam_unix.so",
        "[success=2 default=ignore] pam_unix.so", "sufficient pam_faillock.so authsucc",
        "sufficient pam_sss.so use_first_pass", "sufficient pam_ldap.so use_first_pass"}) {
    Service("x", "# A comment.\nauth " + std::string(line) +
                     "\nauth required pam_twofactor.so\nauth required pam_permit.so\n"
                     "auth required pam_permit.so\n");
    const Finding found = Find("pam.x.skipped");
    EXPECT_EQ(found.level, Finding::Level::kProblem);
    EXPECT_THAT(found.text, AllOf(HasSubstr("/etc/pam.d/x:2)"), HasSubstr("(/etc/pam.d/x:3)")));
    EXPECT_THAT(found.advice, HasSubstr("before it, or after"));
  }
}

TEST_F(DoctorTest, CommonAuthThatEndsEarlySkipsALineAfterItsInclude) {
  Debian("auth sufficient pam_sss.so\nauth required pam_unix.so\n", kOurs);
  EXPECT_THAT(Find("pam.sshd.skipped").text,
              AllOf(HasSubstr("pam_sss.so"), HasSubstr("/etc/pam.d/common-auth:1"),
                    HasSubstr("/etc/pam.d/sshd:3")));
}

TEST_F(DoctorTest, JumpOfAConditionIsNamedWithItsPlace) {
  Service("x",
          "auth required pam_unix.so\n"
          "auth [success=1 default=ignore] pam_succeed_if.so user ingroup wheel\n"
          "auth required pam_twofactor.so\n");
  EXPECT_THAT(Find("pam.x.exempt").text, HasSubstr("/etc/pam.d/x:2"));
}

TEST_F(DoctorTest, ModuleInALineOfAnotherTypeAsksForNothing) {
  for (const char* type : {"account", "session", "password"}) {
    Service("x",
            "auth required pam_unix.so\n" + std::string(type) + " required pam_twofactor.so\n");
    EXPECT_EQ(Found(), (Ids{"pam.x.not-auth", "pam.not-used"}));
    EXPECT_THAT(Find("pam.x.not-auth").text,
                AllOf(HasSubstr("/etc/pam.d/x:2"), HasSubstr("'" + std::string(type) + "'")));
  }
}

TEST_F(DoctorTest, EachMistakeIsNamedWithTheLineThatHasIt) {
  const struct {
    const char* line;
    const char* id;
  } mistakes[] = {{"optional pam_twofactor.so", "pam.x.not-required"},
                  {"required pam_twofactor.so nulok", "pam.x.option"},
                  {"required pam_twofactor.so nullok", "pam.x.nullok"},
                  {"required /usr/lib/pam_twofactor.so", "pam.module-missing"},
                  {"required pam_twofactor.so forward_pass", "pam.x.forward-pass"},
                  {"required", "pam.x.broken"}};
  for (const auto& mistake : mistakes) {
    Service("x", "auth required pam_unix.so\nauth " + std::string(mistake.line) +
                     "\nauth optional pam_twofactor.so\n");
    EXPECT_THAT(Find(mistake.id).text, HasSubstr("/etc/pam.d/x:2")) << mistake.line;
  }
  Debian(std::string(kCommonAuth) + kOurs, kOurs);
  EXPECT_THAT(Find("pam.sshd.asked-twice").text,
              HasSubstr("/etc/pam.d/common-auth:5 and /etc/pam.d/sshd:3"));
}

TEST_F(DoctorTest, ServerThatIsNotRootMustStandInTrustedUids) {
  std::filesystem::create_directories(root_ / "etc/twofactor");
  WriteFile(root_ / "etc/passwd", "root:x:0:0::/root:/bin/sh\npostgres:x:117:120::/:/bin/sh\n");
  Service("postgresql", "auth required pam_unix.so\nauth required pam_twofactor.so\n");
  const Finding found = Find("pam.postgresql.not-trusted");
  EXPECT_EQ(found.level, Finding::Level::kWarning);
  EXPECT_THAT(found.text, AllOf(HasSubstr("postgres (uid 117)"), HasSubstr("postgresql:2")));
  EXPECT_THAT(found.advice, HasSubstr("trusted_uids = 117"));
  const std::string config = root_ / "etc/twofactor/twofactord.conf";
  WriteFile(config, "[verify]\ntrusted_uids = 11 1170\n[roles]\ntrusted_uids = 117\n");
  EXPECT_THAT(Found(), Contains("pam.postgresql.not-trusted"));
  for (const char* list : {"117", "1, 117", "117,2", " 3\t117 "}) {
    WriteFile(config, "[verify]\ntrusted_uids = " + std::string(list) + "\n");
    EXPECT_THAT(Found(), Not(Contains("pam.postgresql.not-trusted"))) << list;
  }
}

TEST_F(DoctorTest, SudoWithAShellIsAServiceOfItsOwn) {
  Debian(kCommonAuth);
  Service("sudo", std::string(kSudo) + kOurs);
  Service("sudo-i", kSudo);
  EXPECT_THAT(Find("pam.without").text, HasSubstr("sudo-i"));
}

TEST_F(DoctorTest, MissingModuleAndUnusedModuleAreSeen) {
  EXPECT_EQ(Found(), Ids{"pam.not-used"});
  Service("x", "auth required pam_unix.so\nauth required pam_twofactor.so\n");
  std::filesystem::remove(ModuleFile("twofactor"));
  EXPECT_EQ(Found(), (Ids{"pam.x.locked-out", "pam.module-missing"}));
}

TEST_F(DoctorTest, MissingModuleOfAnotherIsSeenWhereItsLineRefuses) {
  Service("x",
          "auth required pam_gone.so\nauth optional pam_gone.so\n"
          "auth required pam_unix.so\nauth required pam_twofactor.so\n");
  EXPECT_EQ(Found(), (Ids{"pam.x.missing", "pam.x.locked-out"}));
  EXPECT_THAT(Find("pam.x.missing").text, HasSubstr("pam_gone.so"));
}

TEST_F(DoctorTest, ModuleIsFoundWhereItsWholePathSays) {
  Service("x", "auth required pam_unix.so\nauth required /opt/pam_twofactor.so\n");
  EXPECT_THAT(Found(), Contains("pam.module-missing"));
  std::filesystem::create_directories(root_ / "opt");
  WriteFile(root_ / "opt/pam_twofactor.so", "");
  EXPECT_EQ(Found(), Ids{"pam.x"});
}

TEST_F(DoctorTest, ModuleThatOthersMayWriteIsAProblem) {
  Service("x", "auth required pam_unix.so\nauth required pam_twofactor.so\n");
  ASSERT_EQ(chmod(ModuleFile("twofactor").c_str(), 0664), 0);
  EXPECT_EQ(Found(), (Ids{"pam.x", "pam.module-open"}));
}

TEST_F(DoctorTest, VendorsFilesCountWhereTheAdministratorHasNone) {
  std::filesystem::create_directories(root_ / "usr/lib/pam.d");
  WriteFile(root_ / "usr/lib/pam.d/a",
            "auth sufficient pam_unix.so\nauth required pam_twofactor.so\n");
  EXPECT_EQ(Found(), (Ids{"pam.a.skipped", "pam.a.code-alone"}));
  EXPECT_THAT(Find("pam.a.skipped").text, HasSubstr("/usr/lib/pam.d/a:1"));
  Service("a", "auth required pam_unix.so\nauth required pam_twofactor.so\n");
  EXPECT_EQ(Found(), Ids{"pam.a"});
}

TEST_F(DoctorTest, WhatPackagesAndEditorsLeaveIsNoService) {
  const std::string lines = "auth required pam_unix.so\nauth required pam_twofactor.so\n";
  for (const char* name :
       {"a~", ".a.swp", "a.dpkg-dist", "a.rpmsave", "a.bak", "a.pam-old", "a.ucf-old"}) {
    Service(name, lines);
  }
  Service("gdm-password", lines);
  EXPECT_EQ(Found(), Ids{"pam.gdm-password"});
}

TEST_F(DoctorTest, FileThatIsIncludedByItsWholePathIsRead) {
  std::filesystem::create_directories(root_ / "etc/site");
  WriteFile(root_ / "etc/site/code", kOurs);
  Service("x", "auth required pam_unix.so\nauth include /etc/site/code\n");
  EXPECT_EQ(Found(), Ids{"pam.x"});
}

}  // namespace
}  // namespace twofactor
