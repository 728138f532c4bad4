#include "cli/doctor/ssh_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twofactor {
namespace {

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
  EXPECT_EQ(Ids("authenticationmethods publickey,keyboard-interactive keyboard-interactive\n"),
            IdList{"ssh"});
  EXPECT_EQ(Ids("authenticationmethods publickey,keyboard-interactive:pam\n"), IdList{"ssh"});
  EXPECT_EQ(Ids("authenticationmethods publickey publickey,keyboard-interactive\n"),
            IdList{"ssh.key-alone"});
  EXPECT_EQ(Ids("authenticationmethods publickey,password keyboard-interactive\n"),
            IdList{"ssh.password-method"});
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
