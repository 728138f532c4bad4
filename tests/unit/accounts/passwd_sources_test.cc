#include "helperd/accounts/sources/passwd_sources.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "helperd/accounts/check_users.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

using Names = std::vector<std::string>;
using State = UserCheck::State;

TEST(PasswdSourcesTest, SourcesAreThoseOfTheLineInOrderWithoutActions) {
  EXPECT_EQ(ParsePasswdSources("group: nis\npasswd:\tfiles  systemd\n"),
            (Names{"files", "systemd"}));
  EXPECT_EQ(ParsePasswdSources("# passwd: nis\n passwd: files [!UNAVAIL=return]sss [NOTFOUND = "
                               "return] ldap # nis\n"),
            (Names{"files", "sss", "ldap"}));
}

TEST(PasswdSourcesTest, WithoutALineFilesIsTheSource) {
  EXPECT_EQ(ParsePasswdSources(""), Names{"files"});
  EXPECT_EQ(ParsePasswdSources("group: files\npasswd:\n"), Names{"files"});
}

// Sources "files", "ldap" and "systemd" as a test fills them.
class CheckUserTest : public testing::Test {
 protected:
  void Add(const std::string& source, const std::string& name, uid_t uid) {
    entries_[source].push_back({name, uid, 0, {}, {}, {}});
  }
  UserCheck Check(const std::string& name, uid_t uid) {
    const auto find = [this](const std::string& source, const auto& is) -> PasswdLookups::Found {
      if (down_.contains(source)) {
        return Fail(ErrorCode::kUnavailable, "down");
      }
      for (const PasswdEntry& entry : entries_[source]) {
        if (is(entry)) {
          return entry;
        }
      }
      return std::nullopt;
    };
    return CheckUser({name, uid}, {"files", "ldap", "systemd"},
                     {[&find](const std::string& source, const std::string& wanted) {
                        return find(source,
                                    [&](const auto& entry) { return entry.name == wanted; });
                      },
                      [&find](const std::string& source, uid_t wanted) {
                        return find(source, [&](const auto& entry) { return entry.uid == wanted; });
                      }});
  }

  std::map<std::string, std::vector<PasswdEntry>> entries_;
  std::set<std::string> down_;
};

TEST_F(CheckUserTest, NameWithItsUidIsKnownWhereverItIs) {
  Add("ldap", "alice", 1000);
  EXPECT_EQ(Check("alice", 1000).state, State::kKnown);
}

TEST_F(CheckUserTest, NameWithAnotherUidIsAnotherUser) {
  Add("files", "alice", 2000);
  Add("ldap", "alice", 1000);
  const auto check = Check("alice", 1000);
  EXPECT_EQ(check.state, State::kOtherUid);
  EXPECT_EQ(check.uid, 2000U);
}

TEST_F(CheckUserTest, UidWithAnotherNameIsARename) {
  Add("ldap", "alicia", 1000);
  const auto check = Check("alice", 1000);
  EXPECT_EQ(check.state, State::kRenamed);
  EXPECT_EQ(check.name, "alicia");
}

TEST_F(CheckUserTest, UserIsNotGoneWhileASourceDoesNotAnswerWhateverLaterOnesSay) {
  EXPECT_EQ(Check("alice", 1000).state, State::kGone);
  for (const char* source : {"files", "ldap", "systemd"}) {
    down_ = {source};
    const auto check = Check("alice", 1000);
    EXPECT_EQ(check.state, State::kUnanswered) << source;
    EXPECT_NE(check.reason.find(source), std::string::npos);
  }
}

TEST_F(CheckUserTest, FirstSourceThatKnowsTheNameDecidesWhateverIsDownAfterIt) {
  Add("files", "alice", 1000);
  Add("files", "bob", 2001);
  down_ = {"ldap", "systemd"};
  EXPECT_EQ(Check("alice", 1000).state, State::kKnown);
  EXPECT_EQ(Check("bob", 1001).state, State::kOtherUid);
  Add("systemd", "carol", 1002);
  EXPECT_EQ(Check("carol", 1002).state, State::kUnanswered);
}

TEST(CheckUsersTest, UserInThePasswdFileWithThisUidIsKnownWithoutNss) {
  TempDirectory directory;
  SystemLayout layout;
  layout.passwd = directory / "passwd";
  layout.nsswitch = directory / "nsswitch.conf";
  WriteFile(layout.passwd, "root:x:0:0::/:/bin/sh\nalice:x:1000:1000::/:/bin/sh\nbad:x:no::\nx\n");
  // Of a source that is not installed nobody knows anything.
  WriteFile(layout.nsswitch, "passwd: twofactor_test_absent\n");
  Progress progress;
  const auto checks =
      CheckUsers({{"alice", 1000}, {"alice", 1001}, {"bob", 1}, {"a/b", 1}}, layout, progress)
          .value();
  ASSERT_EQ(checks.size(), 4U);
  EXPECT_EQ(checks[0].state, State::kKnown);
  for (std::size_t i = 1; i < checks.size(); ++i) {
    EXPECT_EQ(checks[i].state, State::kUnanswered) << i;
  }
}

TEST(CheckUsersTest, RealNssGivesDefiniteAnswers) {
  TempDirectory directory;
  SystemLayout layout;
  layout.passwd = directory / "empty";
  layout.nsswitch = directory / "nsswitch.conf";
  WriteFile(layout.nsswitch, "passwd: files\n");
  Progress progress;
  const auto checks =
      CheckUsers({{"root", 0}, {"root", 77}, {"toor-was-here", 0}, {"toor-was-here", 77777}},
                 layout, progress)
          .value();
  ASSERT_EQ(checks.size(), 4U);
  EXPECT_EQ(checks[0].state, State::kKnown);
  EXPECT_EQ(checks[1].state, State::kOtherUid);
  EXPECT_EQ(checks[2].state, State::kRenamed);
  EXPECT_EQ(checks[2].name, "root");
  EXPECT_EQ(checks[3].state, State::kGone);
}

}  // namespace
}  // namespace twofactor
