// A vault that cannot be written is published as it is on disk, log and all, and takes no change.
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "common/otp/code.h"
#include "common/otp/hotp.h"
#include "helperd/twofactord/vault/vault.h"
#include "tests/unit/start/start_fixture.h"

namespace twofactor {
namespace {

using testing::HasSubstr;

constexpr const char* kWhy = "the disk is read-only";

class ReadOnlyTest : public StartFixture {
 protected:
  VaultKey Key() const {
    return std::move(ReadKey({KeySource::Kind::kFile, key_file(), key_file()})).value();
  }
  std::string copy() const { return directory_ / "run/vault.copy"; }
  // The files as they are while a daemon runs, or after it was killed: what it has committed is in
  // the log alone.
  void CopyFilesOf(const std::string& vault) const {
    for (const std::string& end : {std::string(), std::string("-wal")}) {
      std::filesystem::copy_file(vault + end, directory_ / ("killed" + end),
                                 std::filesystem::copy_options::overwrite_existing);
    }
  }
  Result<Vault> OpenKilled() const {
    return Vault::OpenReadOnly(directory_ / "killed", Key(), copy(), kWhy);
  }
  std::vector<std::string> FilesOf(const std::string& directory) const {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(directory)) {
      names.push_back(file.path().filename());
    }
    return names;
  }
};

TEST_F(ReadOnlyTest, WhatIsOnlyInTheLogIsRead) {
  auto stores = Start();
  ASSERT_TRUE(stores);
  Enroll(stores->vault, "alice");
  Enroll(stores->vault, "bob");
  CopyFilesOf(state().Vault());
  {
    // Without its log the file has neither: the commits are in the log alone.
    std::filesystem::copy_file(directory_ / "killed", directory_ / "bare");
    auto bare = Vault::OpenReadOnly(directory_ / "bare", Key(), copy(), kWhy);
    EXPECT_TRUE(!bare || bare->LoadDevices().value().empty());
  }
  const std::string before = ReadFile(directory_ / "killed");
  const std::string log = ReadFile(directory_ / "killed-wal");
  auto vault = OpenKilled();
  ASSERT_TRUE(vault) << vault.error().message();
  const auto devices = vault->LoadDevices().value();
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[0].secret.text(), "the secret of alice");
  EXPECT_EQ(devices[1].secret.text(), "the secret of bob");
  EXPECT_EQ(ReadFile(directory_ / "killed"), before);
  EXPECT_EQ(ReadFile(directory_ / "killed-wal"), log);
}

TEST_F(ReadOnlyTest, CommitThatWasTornOffIsNotRead) {
  auto stores = Start();
  ASSERT_TRUE(stores);
  Enroll(stores->vault, "alice");
  const auto whole = std::filesystem::file_size(state().Vault() + "-wal");
  Enroll(stores->vault, "bob");
  CopyFilesOf(state().Vault());
  const auto longer = std::filesystem::file_size(directory_ / "killed-wal");
  std::filesystem::resize_file(directory_ / "killed-wal", (whole + longer) / 2);
  auto vault = OpenKilled();
  ASSERT_TRUE(vault) << vault.error().message();
  EXPECT_EQ(vault->LoadDevices().value().size(), 1U);
}

TEST_F(ReadOnlyTest, ChangesAreRefusedWithTheReasonAndReadsAreNot) {
  auto stores = Start();
  ASSERT_TRUE(stores);
  Enroll(stores->vault, "alice");
  CopyFilesOf(state().Vault());
  auto vault = OpenKilled();
  ASSERT_TRUE(vault);
  EXPECT_EQ(vault->read_only_because(), kWhy);
  ASSERT_TRUE(vault->Begin());
  EXPECT_EQ(vault->ReadDevices(Username::Parse("alice").value(), 1000).value().size(), 1U);
  for (const auto& refused : {vault->NoteSeen(WallTime(std::chrono::seconds(1'900'000'000))),
                              vault->PutSettings({.enabled = false}, WallTime())}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kReadOnly);
    EXPECT_EQ(refused.error().message(), kWhy);
  }
  const auto put = vault->PutSecret(SecretOf("bob"));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code(), ErrorCode::kReadOnly);
  EXPECT_TRUE(vault->Commit());
  EXPECT_EQ(vault->CountUsers().value(), 1U);
}

TEST_F(ReadOnlyTest, HotpAndRecoveryCodesAreNeverGrantedUnconsumed) {
  auto stores = Start();
  ASSERT_TRUE(stores);
  const auto name = Username::Parse("alice").value();
  auto secret = SecretOf("alice");
  secret.kind = DeviceKind::kHotp;
  ASSERT_TRUE(stores->vault.PutSecret(secret));
  std::vector<SecretBytes> codes;
  codes.push_back(SecretBytes::CopyOf("12345678"));
  ASSERT_TRUE(stores->vault.PutRecoveryCodes(name, 1000, WallTime(), codes));
  CopyFilesOf(state().Vault());
  auto vault = OpenKilled();
  ASSERT_TRUE(vault);
  TypedCode right;
  right.Add(SecretBytes::CopyOf(
      GenerateHotp(SecretBytes::CopyOf("the secret of alice"), OtpParameters{}, 0).value().text()));
  TypedCode wrong;
  wrong.Add(SecretBytes::CopyOf("000000"));
  for (int use = 0; use < 2; ++use) {
    const auto consumed = vault->ConsumeHotp(name, 1000, 0, right, 0);
    ASSERT_FALSE(consumed);
    EXPECT_EQ(consumed.error().message(), kWhy);
    const auto recovered = vault->ConsumeRecoveryCode(name, 1000, codes[0]);
    ASSERT_FALSE(recovered);
    EXPECT_EQ(recovered.error().message(), kWhy);
  }
  const auto refused = vault->ConsumeHotp(name, 1000, 0, wrong, 0);
  ASSERT_TRUE(refused);
  EXPECT_FALSE(*refused);
}

TEST_F(ReadOnlyTest, WhoWasNeverAskedToEnrollIsAskedForTheFirstTimeEachTime) {
  ASSERT_TRUE(Start());
  auto vault = Vault::OpenReadOnly(state().Vault(), Key(), copy(), kWhy);
  ASSERT_TRUE(vault);
  const auto name = Username::Parse("bob").value();
  for (const int seconds : {1'800'000'000, 1'900'000'000}) {
    const WallTime now{std::chrono::seconds(seconds)};
    EXPECT_EQ(vault->FirstAskedToEnrol(name, 1001, now).value(), now);
  }
}

TEST_F(ReadOnlyTest, NoCopyIsLeftNorAnyThatAKilledProcessLeft) {
  ASSERT_TRUE(Start());
  const auto before = FilesOf(run().directory()).size();
  WriteFile(copy(), "left");
  WriteFile(copy() + "-wal", "left, too");
  auto vault = Vault::OpenReadOnly(state().Vault(), Key(), copy(), kWhy);
  ASSERT_TRUE(vault) << vault.error().message();
  EXPECT_EQ(FilesOf(run().directory()).size(), before);
}

TEST_F(ReadOnlyTest, WrongKeyAndEmptyFileAreNoVault) {
  ASSERT_TRUE(Start());
  const auto wrong =
      Vault::OpenReadOnly(state().Vault(), std::move(VaultKey::Generate()).value(), copy(), kWhy);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code(), ErrorCode::kNotPermitted);
  WriteFile(directory_ / "empty", "");
  EXPECT_FALSE(Vault::OpenReadOnly(directory_ / "empty", Key(), copy(), kWhy));
  EXPECT_FALSE(Vault::OpenReadOnly(directory_ / "none", Key(), copy(), kWhy));
}

TEST_F(ReadOnlyTest, VaultThatAnotherDaemonHasOpenIsNotCopied) {
  auto stores = Start();
  ASSERT_TRUE(stores);
  const auto second = Start();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kConflict);
}

// This thread, and those that it starts, without root's right to pass over the modes of files.
class WithoutDacOverride {
 public:
  WithoutDacOverride() {
    syscall(SYS_capget, &header_, before_.data());
    auto less = before_;
    less[CAP_TO_INDEX(CAP_DAC_OVERRIDE)].effective &= ~CAP_TO_MASK(CAP_DAC_OVERRIDE);
    syscall(SYS_capset, &header_, less.data());
  }
  ~WithoutDacOverride() { syscall(SYS_capset, &header_, before_.data()); }
  WithoutDacOverride(const WithoutDacOverride&) = delete;
  WithoutDacOverride& operator=(const WithoutDacOverride&) = delete;

 private:
  __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> before_{};
};

TEST_F(ReadOnlyTest, FolderThatTakesNoFilesStartsReadOnlyAndWritesAgainOnceItDoes) {
  const WithoutDacOverride modes_count;
  {
    auto stores = Start();
    ASSERT_TRUE(stores);
    Enroll(stores->vault, "alice");
  }
  ASSERT_EQ(chmod(state().directory().c_str(), 0500), 0);
  const auto stores = Start();
  ASSERT_EQ(chmod(state().directory().c_str(), 0700), 0);
  ASSERT_TRUE(stores) << stores.error().message();
  EXPECT_EQ(stores->live.users(), 1U);
  EXPECT_THAT(stores->vault.read_only_because(), HasSubstr("Permission denied"));
  EXPECT_TRUE(stores->vault.CanBeWrittenNow());
}

}  // namespace
}  // namespace twofactor
