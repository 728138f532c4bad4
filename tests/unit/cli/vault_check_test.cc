#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "cli/doctor/checks.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kVault = "var/lib/twofactor/vault.sqlite";
constexpr const char* kSealed = "etc/credstore.encrypted/twofactor.vault-key";
constexpr const char* kPlain = "etc/credstore/twofactor.vault-key-file";
constexpr const char* kKeyFile = "etc/twofactor/vault.key";
// As long as a key with its line end; never read.
const std::string kKeyText(65, '0');

class VaultCheckTest : public testing::Test {
 protected:
  using IdList = std::vector<std::string>;

  void Put(const char* name, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root_ / name).parent_path());
    WriteFile(root_ / name, text);
    chmod((root_ / name).c_str(), 0600);
  }
  Findings Check() const { return CheckVault(root_.path(), daemon_); }
  IdList Ids() const {
    IdList ids;
    for (const Finding& finding : Check()) {
      ids.push_back(finding.id);
    }
    return ids;
  }

  TempDirectory root_;
  DaemonReport daemon_;
};

TEST_F(VaultCheckTest, VaultWithItsKeyIsOkWhereverTheKeyMayBe) {
  Put(kVault, "x");
  for (const char* place : {kSealed, kPlain, kKeyFile, "run/credstore/twofactor.vault-key-file",
                            "usr/lib/credstore.encrypted/twofactor.vault-key"}) {
    Put(place, kKeyText);
    EXPECT_EQ(Ids(), IdList{"key"}) << place;
    EXPECT_THAT(Check()[0].text, HasSubstr(place));
    std::filesystem::remove(root_ / place);
  }
}

TEST_F(VaultCheckTest, VaultWithoutAKeyIsAProblemInPlainWords) {
  Put(kVault, "x");
  EXPECT_EQ(Ids(), IdList{"key.missing"});
  EXPECT_EQ(Check()[0].level, Finding::Level::kProblem);
  EXPECT_THAT(Check()[0].text, AllOf(HasSubstr("no key for it: the daemon does not start."),
                                     HasSubstr(kSealed), HasSubstr(kPlain), HasSubstr(kKeyFile)));
}

TEST_F(VaultCheckTest, KeyThatWentAwayUnderARunningDaemonIsTheNextStartsProblem) {
  Put(kVault, "x");
  daemon_.answers = true;
  daemon_.key_source = "credential";
  EXPECT_EQ(Ids(), IdList{"key.missing"});
  EXPECT_THAT(Check()[0].text, HasSubstr("does not start again"));
  // Its configuration may name another file.
  daemon_.key_source = "file";
  EXPECT_EQ(Ids(), IdList{});
}

TEST_F(VaultCheckTest, MachineWithoutAVaultNeedsNoKeyYet) { EXPECT_EQ(Ids(), IdList{}); }

TEST_F(VaultCheckTest, KeyWithoutItsVaultIsAProblemThatNamesTheWayBack) {
  Put(kSealed, "sealed");
  for (const bool empty : {false, true}) {
    EXPECT_EQ(Ids(), (IdList{"vault.missing", "key"})) << empty;
    EXPECT_EQ(Check()[0].level, Finding::Level::kProblem);
    EXPECT_THAT(Check()[0].text, AllOf(HasSubstr(kSealed), HasSubstr(kVault)));
    EXPECT_THAT(Check()[0].advice, HasSubstr("twofactord --new-vault"));
    Put(kVault, "");
  }
  // It says itself that its vault is gone, or keeps it elsewhere.
  daemon_.answers = true;
  EXPECT_EQ(Ids(), IdList{"key"});
}

TEST_F(VaultCheckTest, KeyBeforeTheFirstStartIsNoProblem) {
  Put(kSealed, "sealed");
  Put("var/lib/twofactor/new-vault", "");
  EXPECT_EQ(Ids(), IdList{"key"});
}

TEST_F(VaultCheckTest, KeyThatOthersMayReadIsAProblem) {
  Put(kVault, "x");
  for (const char* place : {kPlain, kKeyFile}) {
    Put(place, kKeyText);
    for (const mode_t mode : {0640, 0604, 0620}) {
      ASSERT_EQ(chmod((root_ / place).c_str(), mode), 0);
      EXPECT_EQ(Ids(), IdList{"key.open"}) << place << " " << mode;
    }
    std::filesystem::remove(root_ / place);
  }
}

TEST_F(VaultCheckTest, SealedKeyMayBeReadAndNotBeWrittenByOthers) {
  Put(kVault, "x");
  Put(kSealed, "sealed");
  ASSERT_EQ(chmod((root_ / kSealed).c_str(), 0644), 0);
  EXPECT_EQ(Ids(), IdList{"key"});
  ASSERT_EQ(chmod((root_ / kSealed).c_str(), 0664), 0);
  EXPECT_EQ(Ids(), IdList{"key.open"});
}

TEST_F(VaultCheckTest, WhatTheKeyIsBoundToIsTold) {
  Put(kVault, "x");
  Put(kPlain, kKeyText);
  EXPECT_THAT(Check()[0].text, HasSubstr("a file that is not sealed"));
  std::filesystem::remove(root_ / kPlain);
  // How systemd-creds begins a credential, in base64.
  Put(kSealed, "Whxqht+dQJax1aZeCGLxmiAAAAABAAAADAAAABAAAAA=");
  EXPECT_THAT(Check()[0].text, HasSubstr("bound to this installation"));
  Put(kSealed, "DHzAexF2RZGcSwvqCLwg/iAAAAABAAAADAAAABAAAAA=");
  EXPECT_THAT(Check()[0].text, HasSubstr("bound to the TPM of this machine,"));
  Put(kSealed, "k6iUCUh0RJCQyvL8k8q1UyAAAAABAAAADAAAABAAAAA=");
  EXPECT_THAT(Check()[0].text, HasSubstr("bound to the TPM of this machine and to this"));
}

TEST_F(VaultCheckTest, WhatCannotBeAKeyIsAProblem) {
  Put(kVault, "x");
  Put(kSealed, "");
  EXPECT_EQ(Ids(), IdList{"key.not-a-key"});
  std::filesystem::remove(root_ / kSealed);
  for (const std::size_t size : {std::size_t{0}, std::size_t{63}, std::size_t{66}}) {
    Put(kPlain, std::string(size, '0'));
    EXPECT_EQ(Ids(), IdList{"key.not-a-key"}) << size;
  }
  for (const std::size_t size : {std::size_t{64}, std::size_t{65}}) {
    Put(kPlain, std::string(size, '0'));
    EXPECT_EQ(Ids(), IdList{"key"}) << size;
  }
}

TEST_F(VaultCheckTest, SeveralKeysAreAWarningThatNamesTheOneThatIsTaken) {
  Put(kVault, "x");
  Put(kSealed, "sealed");
  Put(kPlain, kKeyText);
  EXPECT_EQ(Ids(), IdList{"key.several"});
  EXPECT_EQ(Check()[0].level, Finding::Level::kWarning);
  EXPECT_THAT(Check()[0].text, HasSubstr(kSealed));
}

TEST_F(VaultCheckTest, VaultThatOthersMayReadIsAProblem) {
  Put(kVault, "x");
  Put(kSealed, "sealed");
  ASSERT_EQ(chmod((root_ / kVault).c_str(), 0644), 0);
  EXPECT_EQ(Ids(), (IdList{"vault.open", "key"}));
}

TEST_F(VaultCheckTest, VaultThatRootPutBackIsNotTheDaemons) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  Put(kVault, "x");
  Put(kSealed, "sealed");
  ASSERT_EQ(chown((root_ / "var/lib/twofactor").c_str(), 12345, 12345), 0);
  EXPECT_EQ(Ids(), (IdList{"vault.owner", "key"}));
  ASSERT_EQ(chown((root_ / kVault).c_str(), 12345, 12345), 0);
  EXPECT_EQ(Ids(), IdList{"key"});
  ASSERT_EQ(chown((root_ / kSealed).c_str(), 12345, 12345), 0);
  EXPECT_EQ(Ids(), IdList{"key.open"});
}

TEST_F(VaultCheckTest, WhoMayNotLookIsToldSo) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  Put(kVault, "x");
  Put(kSealed, "sealed");
  ASSERT_EQ(chmod((root_ / "var/lib/twofactor").c_str(), 0700), 0);
  ASSERT_EQ(seteuid(12345), 0);
  const IdList ids = Ids();
  ASSERT_EQ(seteuid(0), 0);
  EXPECT_EQ(ids, IdList{"key.unknown"});
}

TEST_F(VaultCheckTest, KeysThatCannotBeSeenAreNotCalledMissing) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  Put(kSealed, "sealed");
  ASSERT_EQ(chmod((root_ / "etc/credstore.encrypted").c_str(), 0700), 0);
  ASSERT_EQ(seteuid(12345), 0);
  const IdList ids = Ids();
  ASSERT_EQ(seteuid(0), 0);
  EXPECT_EQ(ids, IdList{"key.unknown"});
}

}  // namespace
}  // namespace twofactor
