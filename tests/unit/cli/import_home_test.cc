// Files in homes are read as their users.
#include "cli/import/home_file.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/import/gather.h"
#include "cli/import/google_authenticator.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/cli/import_fixture.h"

namespace twofactor {
namespace {

using testing::HasSubstr;

Account AccountOf(const char* name, const std::string& home) {
  const passwd* const entry = getpwnam(name);
  return {entry->pw_name, entry->pw_uid, entry->pw_gid, home};
}

// A home of "daemon" in a temporary folder, with a file in it.
class HomeFileTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) {
      GTEST_SKIP() << "skipped: needs root";
    }
    ASSERT_EQ(mkdir((folder_ / "home").c_str(), 0700), 0);
    ASSERT_EQ(chown((folder_ / "home").c_str(), account_.uid, account_.gid), 0);
    Make("home/.google_authenticator", "the bytes", account_.uid, 0600);
  }

  void Make(const std::string& name, const std::string& text, uid_t owner, mode_t mode) {
    WriteFile(folder_ / name, text);
    ASSERT_EQ(chown((folder_ / name).c_str(), owner, 0), 0);
    ASSERT_EQ(chmod((folder_ / name).c_str(), mode), 0);
  }
  std::string Path(const std::string& name = "home/.google_authenticator") const {
    return folder_ / name;
  }
  Result<std::optional<SecretBytes>> Read(const std::string& name) const {
    return ReadAsUser(account_, Path(name));
  }
  std::string RefusalOf(const std::string& name) const {
    const auto bytes = Read(name);
    return bytes ? *bytes ? "the bytes" : "no file" : bytes.error().message();
  }

  TempDirectory folder_;
  Account account_ = AccountOf("daemon", folder_ / "home");
};

TEST_F(HomeFileTest, FileOfTheUserIsReadThoughOnlyTheUserMay) {
  const auto bytes = Read("home/.google_authenticator");
  ASSERT_TRUE(bytes) << bytes.error().message();
  ASSERT_TRUE(*bytes);
  EXPECT_EQ((*bytes)->text(), "the bytes");
}

TEST_F(HomeFileTest, NoFileIsNoError) {
  EXPECT_EQ(RefusalOf("home/none"), "no file");
  EXPECT_EQ(RefusalOf("nowhere/none"), "no file");
}

TEST_F(HomeFileTest, WhatOnlyRootMayReadIsNotReadForTheUser) {
  ASSERT_EQ(mkdir(Path("roots").c_str(), 0700), 0);
  Make("roots/secret", "the bytes", account_.uid, 0600);
  EXPECT_THAT(RefusalOf("roots/secret"), HasSubstr("cannot be opened by its user"));
  ASSERT_EQ(symlink(Path("roots").c_str(), Path("home/way").c_str()), 0);
  EXPECT_THAT(RefusalOf("home/way/secret"), HasSubstr("cannot be opened by its user"));
}

TEST_F(HomeFileTest, LinkIsNotFollowed) {
  ASSERT_EQ(symlink(Path().c_str(), Path("home/link").c_str()), 0);
  EXPECT_THAT(RefusalOf("home/link"), HasSubstr("or is a link"));
}

TEST_F(HomeFileTest, FilesOfOthersAndForOthersAreRefused) {
  Make("home/roots", "the bytes", 0, 0644);
  EXPECT_THAT(RefusalOf("home/roots"), HasSubstr("not a regular file that the user owns"));
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U}) {
    Make("home/open", "the bytes", account_.uid, mode);
    EXPECT_THAT(RefusalOf("home/open"), HasSubstr("nobody else may use")) << mode;
  }
  Make("home/mine", "the bytes", account_.uid, 0400);
  EXPECT_EQ(RefusalOf("home/mine"), "the bytes");
}

TEST_F(HomeFileTest, WhatIsNoFileKeepsNobodyWaiting) {
  ASSERT_EQ(mkfifo(Path("home/pipe").c_str(), 0600), 0);
  ASSERT_EQ(chown(Path("home/pipe").c_str(), account_.uid, 0), 0);
  ASSERT_EQ(mkdir(Path("home/folder").c_str(), 0700), 0);
  ASSERT_EQ(chown(Path("home/folder").c_str(), account_.uid, 0), 0);
  EXPECT_THAT(RefusalOf("home/pipe"), HasSubstr("not a regular file"));
  EXPECT_THAT(RefusalOf("home/folder"), HasSubstr("not a regular file"));
}

TEST_F(HomeFileTest, SixtyFourKibibytesAreTheMost) {
  Make("home/full", std::string(kMaxGoogleFileBytes, 'a'), account_.uid, 0600);
  EXPECT_EQ((*Read("home/full"))->size(), kMaxGoogleFileBytes);
  Make("home/more", std::string(kMaxGoogleFileBytes + 1, 'a'), account_.uid, 0600);
  EXPECT_THAT(RefusalOf("home/more"), HasSubstr("more than 64 KiB"));
  Make("home/much", std::string(40 * kMaxGoogleFileBytes, 'a'), account_.uid, 0600);
  EXPECT_THAT(RefusalOf("home/much"), HasSubstr("more than 64 KiB"));
  Make("home/empty", "", account_.uid, 0600);
  EXPECT_TRUE((*Read("home/empty"))->empty());
}

TEST_F(HomeFileTest, RowsOfHomesHaveTheirUserAndTellWhoHasNoFile) {
  Make("daemon", std::string(kRfcBase32) + "\n\" TOTP_AUTH\n\" DISALLOW_REUSE\n", account_.uid,
       0600);
  const auto rows =
      RowsOfHomes({"daemon", "bin", "nobody-of-that-name"}, folder_ / "%u", ContextFor());
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 3U);
  EXPECT_EQ((*rows)[0].outcome, Outcome::kNotSent);
  EXPECT_EQ((*rows)[0].account->uid, account_.uid);
  EXPECT_EQ((*rows)[0].user.devices.at(0).secret.text(), kRfcSecret);
  EXPECT_EQ((*rows)[1].reason, "has no such file");
  EXPECT_EQ((*rows)[2].reason, "the system knows no such user");
}

TEST_F(HomeFileTest, RowsOfAllHomesAreThoseWithAFile) {
  Make("daemon", std::string(kRfcBase32) + "\n\" TOTP_AUTH\n", account_.uid, 0600);
  const auto rows = RowsOfHomes({}, folder_ / "%u", ContextFor());
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ((*rows)[0].user.name, "daemon");
}

// Of the kind that shared/field calls long-name-in-homes.
TEST_F(HomeFileTest, NameThatIsTooLongRefusesItsUserAlone) {
  Make("daemon", std::string(kRfcBase32) + "\n\" TOTP_AUTH\n", account_.uid, 0600);
  const auto rows =
      RowsOfHomes({std::string(113, 'n'), "CORP/alice", "daemon"}, folder_ / "%u", ContextFor());
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 3U);
  EXPECT_EQ((*rows)[0].reason, "must be at most 112 bytes");
  EXPECT_THAT((*rows)[1].reason, HasSubstr("'/'"));
  EXPECT_EQ((*rows)[2].outcome, Outcome::kNotSent);
}

// Of the kind directory-not-enumerated: the vault knows users whom the system does not enumerate.
TEST_F(HomeFileTest, UsersOfTheVaultAreLookedAtOnceEach) {
  Make("daemon", std::string(kRfcBase32) + "\n\" TOTP_AUTH\n", account_.uid, 0600);
  const auto rows = RowsOfHomes({}, folder_ / "%u", ContextFor(),
                                {"daemon", "daemon", "nobody-of-that-name", std::string(113, 'n')});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ((*rows)[0].user.name, "daemon");
}

TEST_F(HomeFileTest, UserWhoCannotBeBecomeIsNotRead) {
  Account nobody = account_;
  // Which setresuid(2) would take for "stay root".
  nobody.uid = static_cast<uid_t>(-1);
  EXPECT_THAT(ReadAsUser(nobody, Path()).error().message(), HasSubstr("cannot become the user"));
}

TEST(PathForTest, HomesAndNamesAreFilledIn) {
  const Account account{"alice", 1000, 1000, "/home/alice"};
  EXPECT_EQ(PathFor(kGooglePath, account), "/home/alice/.google_authenticator");
  EXPECT_EQ(PathFor("/var/ga/%u/100%%", account), "/var/ga/alice/100%");
  for (const char* pattern : {"", "%u/x", "/x/%", "/x/%U", "~/.google_authenticator"}) {
    EXPECT_EQ(PathFor(pattern, account).error().code(), ErrorCode::kInvalidParams) << pattern;
  }
}

}  // namespace
}  // namespace twofactor
