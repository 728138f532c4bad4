// A vault that is lost is not replaced by an empty one: only the run that makes the key makes it.
#include <sys/stat.h>
#include <unistd.h>

#include "helperd/twofactord/first_vault.h"
#include "tests/unit/start/start_fixture.h"

namespace twofactor {
namespace {

using testing::AllOf;
using testing::HasSubstr;

bool IsThere(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

class LostVaultTest : public StartFixture {
 protected:
  void ExpectNoStart(const std::string& why) {
    const auto started = Start();
    ASSERT_FALSE(started);
    EXPECT_THAT(started.error().message(),
                AllOf(HasSubstr(state().Vault()), HasSubstr(why), HasSubstr("backup"),
                      HasSubstr("twofactord --new-vault")));
  }
};

TEST_F(LostVaultTest, FirstStartMakesKeyAndVaultAndTheNextOneFindsBoth) {
  {
    auto first = Start();
    ASSERT_TRUE(first) << first.error().message();
    Enroll(first->vault, "alice");
  }
  EXPECT_FALSE(MayMakeVault(state()));
  const auto second = Start();
  ASSERT_TRUE(second) << second.error().message();
  EXPECT_EQ(second->live.users(), 1U);
}

TEST_F(LostVaultTest, KeyWithoutAVaultIsRefusedAndNothingIsMade) {
  ASSERT_TRUE(Start());
  std::filesystem::remove_all(state().directory());
  std::filesystem::create_directory(state().directory());
  for (int start = 0; start < 2; ++start) {
    ExpectNoStart("is not there");
    EXPECT_TRUE(std::filesystem::is_empty(state().directory()));
  }
}

TEST_F(LostVaultTest, LiveStoreOfALostVaultIsLeftAsItIs) {
  {
    auto stores = Start();
    ASSERT_TRUE(stores);
    Enroll(stores->vault, "alice");
  }
  ASSERT_TRUE(Start());
  const std::string records = ReadFile(run().Records());
  std::filesystem::remove(state().Vault());
  ExpectNoStart("is not there");
  EXPECT_EQ(ReadFile(run().Records()), records);
}

TEST_F(LostVaultTest, FileWithoutAByteIsALostVaultAndItsLogStays) {
  ASSERT_TRUE(Start());
  WriteFile(state().Vault(), "");
  WriteFile(state().Vault() + "-wal", "what is left");
  ExpectNoStart("is empty");
  EXPECT_EQ(ReadFile(state().Vault()), "");
  EXPECT_EQ(ReadFile(state().Vault() + "-wal"), "what is left");
}

TEST_F(LostVaultTest, DatabaseWithoutAVaultsTablesIsNotMadeOne) {
  ASSERT_TRUE(Start());
  std::filesystem::remove(state().Vault());
  ASSERT_TRUE(Database::Open(state().Vault())->Execute("CREATE TABLE other (x INTEGER)"));
  const auto started = Start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message(), HasSubstr("holds no vault"));
}

TEST_F(LostVaultTest, RestoredVaultStartsAgain) {
  {
    auto stores = Start();
    ASSERT_TRUE(stores);
    Enroll(stores->vault, "alice");
  }
  std::filesystem::rename(state().Vault(), directory_ / "backup");
  ExpectNoStart("is not there");
  std::filesystem::rename(directory_ / "backup", state().Vault());
  const auto started = Start();
  ASSERT_TRUE(started) << started.error().message();
  EXPECT_EQ(started->live.users(), 1U);
}

TEST_F(LostVaultTest, WhoStartsAnewOnPurposeGetsAnEmptyVaultOnce) {
  ASSERT_TRUE(Start());
  std::filesystem::remove(state().Vault());
  ASSERT_TRUE(AllowNewVault(state()));
  ASSERT_TRUE(AllowNewVault(state()));
  const auto started = Start();
  ASSERT_TRUE(started) << started.error().message();
  EXPECT_EQ(started->live.users(), 0U);
  std::filesystem::remove(state().Vault());
  ExpectNoStart("is not there");
}

TEST_F(LostVaultTest, VaultThatIsThereIsNotStartedAnew) {
  ASSERT_TRUE(Start());
  const auto allowed = AllowNewVault(state());
  ASSERT_FALSE(allowed);
  EXPECT_EQ(allowed.error().code(), ErrorCode::kConflict);
  EXPECT_FALSE(MayMakeVault(state()));
}

// What is on disk after a kill at each step of the first start.
TEST_F(LostVaultTest, FirstStartThatWasCutShortIsFinishedByTheNext) {
  const auto allow = [this] { ASSERT_TRUE(AllowNewVault(state())); };
  const auto make_key = [this] { ASSERT_TRUE(MakeKeyFile(key_file())); };
  const auto make_file = [this] { WriteFile(state().Vault(), ""); };
  const auto make_vault = [this] {
    auto key = ReadKey({KeySource::Kind::kFile, key_file(), key_file()});
    ASSERT_TRUE(Vault::Open(state().Vault(), std::move(*key)));
  };
  const std::vector<std::vector<std::function<void()>>> kills = {
      {allow}, {allow, make_key}, {allow, make_key, make_file}, {allow, make_key, make_vault}};
  for (const auto& steps : kills) {
    for (const auto& step : steps) {
      step();
    }
    const auto started = Start();
    ASSERT_TRUE(started) << steps.size() << ": " << started.error().message();
    EXPECT_FALSE(MayMakeVault(state())) << steps.size();
    std::filesystem::remove(state().Vault());
    std::filesystem::remove(key_file());
  }
}

TEST_F(LostVaultTest, KeyThatCannotBeMadeLeavesNoLeaveToMakeAVault) {
  const std::string nowhere = directory_ / "no/key";
  ASSERT_FALSE(TakeKey({KeySource::Kind::kFile, nowhere, nowhere}, state()));
  EXPECT_FALSE(MayMakeVault(state()));
}

TEST_F(LostVaultTest, KeyIsNotMadeWhereTheDiskTakesNoVault) {
  std::filesystem::remove(state().directory());
  WriteFile(state().directory(), "no directory");
  ASSERT_FALSE(TakeKey({KeySource::Kind::kFile, key_file(), key_file()}, state()));
  EXPECT_FALSE(IsThere(key_file()));
}

TEST_F(LostVaultTest, VaultThatGoesAwayUnderARunningDaemonTakesNoChange) {
  auto stores = Start();
  ASSERT_TRUE(stores);
  std::filesystem::rename(state().Vault(), directory_ / "elsewhere");
  const auto begun = stores->vault.Begin();
  ASSERT_FALSE(begun);
  EXPECT_THAT(begun.error().message(), HasSubstr("is no longer at " + state().Vault()));
  std::filesystem::rename(directory_ / "elsewhere", state().Vault());
  EXPECT_TRUE(stores->vault.Begin());
}

}  // namespace
}  // namespace twofactor
