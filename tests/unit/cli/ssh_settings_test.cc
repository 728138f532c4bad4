#include "cli/doctor/ssh_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twofactor {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using IdList = std::vector<std::string>;

// As 'sshd -T' of Debian 12 prints it, with this after it.
SshdSettings Settings(const std::string& more) {
  return ParseSshdSettings(
      "port 22\naddressfamily any\nusepam yes\npubkeyauthentication no\npasswordauthentication no\n"
      "kbdinteractiveauthentication yes\ngssapiauthentication no\nhostbasedauthentication no\n"
      "authenticationmethods any\nbanner none\n" +
      more);
}

IdList Ids(const std::string& more, bool code_with_password = false) {
  IdList ids;
  for (const Finding& finding : JudgeSshd(Settings(more), code_with_password)) {
    ids.push_back(finding.id);
  }
  return ids;
}

TEST(SshSettingsTest, LinesAreKeywordsAndTheirValues) {
  const SshdSettings settings = ParseSshdSettings("usepam yes\nlisten a b\nalone\n\n");
  EXPECT_EQ(settings, (SshdSettings{{"usepam", "yes"}, {"listen", "a b"}}));
}

TEST(SshSettingsTest, KeyboardInteractiveAloneIsOk) { EXPECT_EQ(Ids(""), IdList{"ssh"}); }

TEST(SshSettingsTest, SshdThatDoesNotAskPamNeverAsksForACode) {
  EXPECT_EQ(Ids("usepam no\n"), IdList{"ssh.usepam"});
}

TEST(SshSettingsTest, DebiansDefaultCannotAskForACode) {
  EXPECT_EQ(Ids("kbdinteractiveauthentication no\npasswordauthentication yes\n"
                "pubkeyauthentication yes\n"),
            (IdList{"ssh.kbdinteractiveauthentication", "ssh.key-alone", "ssh.password-method"}));
}

TEST(SshSettingsTest, EachMethodThatIsOnLetsSomebodyInByItself) {
  for (const char* method :
       {"pubkeyauthentication", "gssapiauthentication", "hostbasedauthentication"}) {
    EXPECT_EQ(Ids(std::string(method) + " yes\n"), IdList{"ssh.key-alone"}) << method;
  }
  EXPECT_EQ(Ids("passwordauthentication yes\n"), IdList{"ssh.password-method"});
}

TEST(SshSettingsTest, EachListOfMethodsIsLookedAt) {
  const std::string on = "pubkeyauthentication yes\npasswordauthentication yes\n";
  EXPECT_EQ(Ids(on + "authenticationmethods publickey,keyboard-interactive keyboard-interactive\n"),
            IdList{"ssh"});
  EXPECT_EQ(Ids(on + "authenticationmethods publickey,keyboard-interactive:pam\n"), IdList{"ssh"});
  EXPECT_EQ(Ids(on + "authenticationmethods publickey publickey,keyboard-interactive\n"),
            IdList{"ssh.key-alone"});
  EXPECT_EQ(Ids(on + "authenticationmethods publickey,password keyboard-interactive\n"),
            IdList{"ssh.password-method"});
}

TEST(SshSettingsTest, ListWithAMethodThatIsOffIsNoWayIn) {
  EXPECT_EQ(Ids("authenticationmethods publickey keyboard-interactive\n"), IdList{"ssh"});
  EXPECT_EQ(Ids("authenticationmethods publickey\n"), IdList{"ssh.locked-out"});
}

TEST(SshSettingsTest, PasswordMethodAloneKeepsWhoHasAFactorOut) {
  EXPECT_EQ(Ids("passwordauthentication yes\nauthenticationmethods password\n"),
            (IdList{"ssh.password-method", "ssh.locked-out"}));
  EXPECT_EQ(Ids("passwordauthentication yes\nauthenticationmethods password\n", true),
            IdList{"ssh"});
}

TEST(SshSettingsTest, RootGetsInByNoCodeUnlessPermitRootLoginIsYes) {
  const std::string methods =
      "pubkeyauthentication yes\nauthenticationmethods publickey,keyboard-interactive"
      " keyboard-interactive\npermitrootlogin ";
  for (const char* permit : {"without-password", "prohibit-password", "forced-commands-only"}) {
    const Findings findings = JudgeRootLogin(Settings(methods + permit + "\n"));
    ASSERT_EQ(findings.size(), 1U) << permit;
    EXPECT_EQ(findings[0].id, "ssh.root");
    EXPECT_EQ(findings[0].level, Finding::Level::kProblem);
    EXPECT_THAT(findings[0].text, HasSubstr(permit));
    EXPECT_THAT(findings[0].advice, HasSubstr("PermitRootLogin yes"));
  }
  for (const char* permit : {"yes", "no"}) {
    EXPECT_TRUE(JudgeRootLogin(Settings(methods + permit + "\n")).empty()) << permit;
  }
}

TEST(SshSettingsTest, RootWithAWayByKeyAloneIsNotShutOut) {
  const std::string permit =
      "pubkeyauthentication yes\npermitrootlogin prohibit-password\nauthenticationmethods ";
  EXPECT_TRUE(JudgeRootLogin(Settings(permit + "publickey keyboard-interactive\n")).empty());
  EXPECT_TRUE(JudgeRootLogin(Settings(permit + "any\n")).empty());
}

TEST(SshSettingsTest, AdviceOnKeysNamesRootAndAccountsWithoutAPerson) {
  const Findings findings = JudgeSshd(Settings("pubkeyauthentication yes\n"), false);
  EXPECT_THAT(findings[0].advice,
              AllOf(HasSubstr("PermitRootLogin yes"), HasSubstr("Match User backup"),
                    HasSubstr("'AuthenticationMethods publickey'")));
}

TEST(SshSettingsTest, BlockForKeysAloneNeedsNoQuestions) {
  const SshdSettings settings = Settings(
      "pubkeyauthentication yes\nkbdinteractiveauthentication no\n"
      "authenticationmethods publickey\n");
  const Findings findings = JudgeSshd(settings, false, {"sshd, 'Match User backup'", true});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "ssh.key-alone");
  EXPECT_THAT(findings[0].text, HasSubstr("sshd, 'Match User backup': 'publickey' alone"));
  EXPECT_THAT(findings[0].advice, HasSubstr("Right for accounts without a person"));
}

TEST(SshSettingsTest, ServiceIsSshdWhereNoOtherIsSet) {
  EXPECT_EQ(PamServiceOf({}), "sshd");
  EXPECT_EQ(PamServiceOf({{"pamservicename", "ssh-admin"}}), "ssh-admin");
}

TEST(SshSettingsTest, PasswordMethodIsOkWhereTheCodeGoesWithThePassword) {
  EXPECT_EQ(Ids("passwordauthentication yes\nkbdinteractiveauthentication no\n", true),
            IdList{"ssh"});
  EXPECT_EQ(Ids("passwordauthentication yes\npubkeyauthentication yes\n", true),
            IdList{"ssh.key-alone"});
}

TEST(SshSettingsTest, FindingsNameTheMethodAndTheCure) {
  const Findings findings = JudgeSshd(Settings("pubkeyauthentication yes\n"), false);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].level, Finding::Level::kWarning);
  EXPECT_THAT(findings[0].text, HasSubstr("'publickey' alone"));
  EXPECT_THAT(findings[0].advice, HasSubstr("AuthenticationMethods"));
}

}  // namespace
}  // namespace twofactor
