#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "helperd/accounts/sources/samba.h"
#include "helperd/accounts/sources/sshd.h"
#include "helperd/accounts/sources/user_record.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

// What sshd -T says of a Debian system, but for these lines.
ChildOutput Sshd(const std::string& lines) {
  return {0, lines + "usepam yes\npermitrootlogin without-password\nport 22\n", ""};
}

bool Allows(const std::string& lines, uid_t uid = 1000) {
  return AllowsPassword(ReadSshdSettings(Sshd(lines)).value(), uid);
}

TEST(SshdTest, PasswordIsAllowedDirectlyOrThroughPam) {
  EXPECT_TRUE(Allows("passwordauthentication yes\nkbdinteractiveauthentication no\n"));
  EXPECT_TRUE(Allows("passwordauthentication no\nkbdinteractiveauthentication yes\n"));
  EXPECT_FALSE(Allows("passwordauthentication no\nkbdinteractiveauthentication no\n"));
  EXPECT_FALSE(Allows("passwordauthentication no\n"));
}

TEST(SshdTest, RootNeedsPermitRootLoginYes) {
  EXPECT_FALSE(Allows("passwordauthentication yes\n", 0));
  EXPECT_TRUE(Allows("permitrootlogin yes\npasswordauthentication yes\n", 0));
}

TEST(SshdTest, AuthenticationMethodsMustAskForThePassword) {
  const std::string password = "passwordauthentication yes\nauthenticationmethods ";
  EXPECT_TRUE(Allows(password + "any\n"));
  EXPECT_TRUE(Allows(password + "publickey publickey,password\n"));
  EXPECT_TRUE(Allows(password + "publickey,keyboard-interactive:pam\n"));
  EXPECT_FALSE(Allows(password + "publickey hostbased,publickey\n"));
}

TEST(SshdTest, DaemonThatCannotStartLetsNobodyIn) {
  for (const char* reason : {"Missing privilege separation directory: /run/sshd\r\n",
                             "sshd: no hostkeys available -- exiting.\r\n"}) {
    EXPECT_FALSE(AllowsPassword(ReadSshdSettings({255, "", reason}).value(), 1000)) << reason;
  }
}

TEST(SshdTest, WrongConfigurationIsAnErrorThatNamesSshd) {
  const auto settings = ReadSshdSettings({255, "", "/etc/ssh/sshd_config: line 9: Bad option\n"});
  EXPECT_EQ(settings.error().code(), ErrorCode::kUnavailable);
  EXPECT_THAT(settings.error().message(), HasSubstr("sshd failed"));
  EXPECT_FALSE(ReadSshdSettings({0, "port 22\n", ""}));
  EXPECT_FALSE(ReadSshdSettings({0, "", ""}));
}

TEST(SshdTest, NameCannotAddArguments) {
  EXPECT_FALSE(SshdArguments("x,addr=1.2.3.4"));
  EXPECT_THAT(SshdArguments("x").value(),
              ElementsAre("-T", "-C", "user=x,host=localhost,addr=127.0.0.1"));
}

constexpr const char* kPdbedit =
    "Unix username:        alice\nAccount Flags:        [U          ]\n"
    "User SID:             S-1-5-21-1-2-3-1000\nPrimary Group SID:    S-1-5-21-1-2-3-513\n"
    "LM hash             : XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX\n"
    "NT hash             : 8CC19B6A8CFEAC299C2871C86B38DE28\n";

TEST(SambaTest, AccountHasSidHashAndState) {
  const auto account = ReadPdbedit({0, kPdbedit, ""}).value();
  ASSERT_TRUE(account);
  EXPECT_EQ(account->sid, "S-1-5-21-1-2-3-1000");
  EXPECT_EQ(account->nt_hash, "8CC19B6A8CFEAC299C2871C86B38DE28");
  EXPECT_TRUE(account->enabled);
}

TEST(SambaTest, DisabledAccountWithoutPasswordIsReportedAsSuch) {
  const auto account =
      ReadPdbedit({0,
                   "Account Flags:        [DU         ]\nUser SID:             S-1-5-21-1\n"
                   "NT hash             : XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX\n",
                   ""})
          .value();
  EXPECT_FALSE(account->enabled);
  EXPECT_FALSE(account->nt_hash);
}

TEST(SambaTest, UnknownUserIsNotAnErrorButAClosedPassdbIs) {
  EXPECT_EQ(ReadPdbedit({255, "", "Username not found!\n"}).value(), std::nullopt);
  const auto closed = ReadPdbedit(
      {255, "", "tdbsam_open: Failed to open/create TDB passwd [x]\nUsername not found!\n"});
  EXPECT_THAT(closed.error().message(), HasSubstr("pdbedit failed"));
  EXPECT_FALSE(ReadPdbedit({139, "", ""}));
  EXPECT_FALSE(ReadPdbedit({0, "", ""}));
}

TEST(WinbindTest, SidAndKindOfId) {
  EXPECT_EQ(ReadNameToSid({0, "S-1-5-21-1-2-3-1105 SID_USER (1)\n", ""}).value(),
            "S-1-5-21-1-2-3-1105");
  EXPECT_TRUE(ReadIsIdTypeBoth({0, "S-1-5-21-1 -> uid/gid 10000\n", ""}).value());
  EXPECT_FALSE(ReadIsIdTypeBoth({0, "S-1-5-21-1 -> uid 10000\n", ""}).value());
}

TEST(WinbindTest, UserOfAnotherDirectoryHasNoSid) {
  EXPECT_EQ(ReadNameToSid({1, "", "failed to call wbcLookupName: WBC_ERR_WINBIND_NOT_AVAILABLE\n"})
                .value(),
            std::nullopt);
  EXPECT_FALSE(ReadNameToSid({1, "", "failed to call wbcLookupName: WBC_ERR_NO_MEMORY\n"}));
  EXPECT_FALSE(ReadNameToSid({0, "nonsense\n", ""}));
  EXPECT_FALSE(ReadIsIdTypeBoth({1, "", ""}));
}

TEST(UserRecordTest, EmailIsTheRecordsOrNull) {
  EXPECT_EQ(ReadEmail({0, R"({"userName":"a","emailAddress":"a@example.org"})", ""}).value(),
            "a@example.org");
  EXPECT_EQ(ReadEmail({0, R"({"userName":"a"})", ""}).value(), json());
  EXPECT_EQ(ReadEmail({1, "", "User a does not exist.\n"}).value(), json());
}

TEST(UserRecordTest, MalformedAddressIsNotAnEmail) {
  EXPECT_EQ(ReadEmail({0, R"({"emailAddress":"ask the front desk"})", ""}).value(), json());
  EXPECT_EQ(ReadEmail({0, R"({"emailAddress":7})", ""}).value(), json());
}

TEST(UserRecordTest, FailureIsAnErrorThatNamesUserdbctl) {
  EXPECT_THAT(ReadEmail({1, "", "Failed to find user a: Connection timed out\n"}).error().message(),
              HasSubstr("userdbctl failed with status 1: Failed to find user"));
  EXPECT_FALSE(ReadEmail({0, "not JSON", ""}));
  EXPECT_FALSE(ReadEmail({0, "[]", ""}));
}

}  // namespace
}  // namespace twofactor
