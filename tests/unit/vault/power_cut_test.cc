// The power fails after any write of the vault's, and the disk lost or tore any of what was not
// synced: what was answered is there, and what was not is there as a whole or not at all.
//
// TWOFACTOR_POWER_CUTS=N looks at N torn images for each write, and at every write of the long
// history too.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "common/otp/hotp.h"
#include "helperd/twofactord/vault/database.h"
#include "helperd/twofactord/vault/vault.h"
#include "tests/support/sanitized.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/vault/disk_image.h"
#include "tests/unit/vault/recording_vfs.h"
#include "tests/unit/vault/test_key.h"

namespace twofactor {
namespace {

constexpr std::uint32_t kHotpDevice = 1;
const std::vector<std::string> kRecoveryCodes = {"abcdefghijkm", "bcdefghijkmn", "cdefghijkmnp",
                                                 "defghijkmnpq"};

SecretBytes HotpSecret() { return SecretBytes::CopyOf("12345678901234567890"); }
Username Name(const std::string& name) { return Username::Parse(name).value(); }

int TornImages() {
  const char* asked = std::getenv("TWOFACTOR_POWER_CUTS");
  return asked == nullptr ? 1 : std::atoi(asked);
}
bool LongRun() { return std::getenv("TWOFACTOR_POWER_CUTS") != nullptr; }

// What the vault should hold, and what it does hold.
struct Content {
  std::map<std::string, std::string> secrets;
  HotpCounter counter = 0;
  std::vector<std::string> recovery_codes;

  friend bool operator==(const Content&, const Content&) = default;
};

bool TakesHotp(Vault& vault, HotpCounter counter) {
  const auto code = GenerateHotp(HotpSecret(), {}, counter);
  return vault.ConsumeHotp(Name("alice"), 1000, kHotpDevice, TypedCode(*code), 0).value();
}

Content Read(Vault& vault) {
  Content content;
  const auto devices = vault.LoadDevices();
  EXPECT_TRUE(devices);
  for (const PublishedDevice& device : devices.value()) {
    if (device.kind == DeviceKind::kTotp) {
      content.secrets.emplace(device.username.text(), device.secret.text());
    }
  }
  EXPECT_TRUE(vault.Begin());
  while (content.counter < 50 && !TakesHotp(vault, content.counter)) {
    ++content.counter;
  }
  for (const std::string& code : kRecoveryCodes) {
    const auto consumed = vault.ConsumeRecoveryCode(Name("alice"), 1000, SecretBytes::CopyOf(code));
    if (consumed.value()) {
      content.recovery_codes.push_back(code);
    }
  }
  vault.RollBack();
  // Without the device no counter is taken.
  content.counter = content.counter == 50 ? 0 : content.counter;
  return content;
}

class PowerCutTest : public testing::Test {
 protected:
  Vault Open() {
    return std::move(Vault::Open(path_, KeyAt(recorder_->operations().size()))).value();
  }
  // The key that is in place when so much was done.
  VaultKey KeyAt(std::size_t operation) const {
    const std::string* key = nullptr;
    for (const auto& [since, text] : keys_) {
      key = since <= operation ? &text : key;
    }
    return VaultKey::Parse(*key).value();
  }

  // A change, answered when its commit has returned.
  template <typename Change>
  void Do(const Change& change) {
    ASSERT_TRUE(vault_->Begin());
    ASSERT_TRUE(change(*vault_));
    ASSERT_TRUE(vault_->Commit());
    Answered();
  }
  void Answered() {
    contents_.push_back(expected_);
    answered_at_.push_back(recorder_->operations().size());
  }

  void Renew(const std::string& name) {
    const std::string secret = "secret " + std::to_string(contents_.size());
    expected_.secrets[name] = secret;
    Do([&](Vault& vault) {
      return vault.PutSecret({.username = Name(name),
                              .uid = 1000,
                              .parameters = {},
                              .created = {},
                              .secret = SecretBytes::CopyOf(secret),
                              .label = {}});
    });
  }
  void Remove(const std::string& name) {
    expected_.secrets.erase(name);
    Do([&](Vault& vault) { return vault.RemoveUser(Name(name)); });
  }
  void AddHotp() {
    Do([](Vault& vault) {
      return vault.PutSecret({.username = Name("alice"),
                              .uid = 1000,
                              .device = kHotpDevice,
                              .parameters = {},
                              .created = {},
                              .secret = HotpSecret(),
                              .kind = DeviceKind::kHotp,
                              .label = {}});
    });
  }
  void ConsumeHotp() {
    const HotpCounter counter = expected_.counter++;
    Do([&](Vault& vault) { return TakesHotp(vault, counter); });
  }
  void AddRecoveryCodes() {
    expected_.recovery_codes = kRecoveryCodes;
    Do([](Vault& vault) {
      std::vector<SecretBytes> codes;
      for (const std::string& code : kRecoveryCodes) {
        codes.push_back(SecretBytes::CopyOf(code));
      }
      return vault.PutRecoveryCodes(Name("alice"), 1000, {}, codes);
    });
  }
  void ConsumeRecoveryCode() {
    const std::string code = expected_.recovery_codes.back();
    expected_.recovery_codes.pop_back();
    Do([&](Vault& vault) {
      return vault.ConsumeRecoveryCode(Name("alice"), 1000, SecretBytes::CopyOf(code))
          .value()
          .has_value();
    });
  }

  // The change of the key, with renewals amid it.
  void Rekey() {
    const VaultKey old = KeyAt(recorder_->operations().size());
    const auto started = vault_->StartRekey(old);
    ASSERT_TRUE(started) << started.error().message();
    Answered();
    Renew("alice");
    keys_.emplace_back(recorder_->operations().size(), started->key.ToText().text());
    DevicePosition after;
    for (bool last = false; !last;) {
      Do([&](Vault& vault) {
        const auto moved = vault.MoveSeals(after, 2);
        last = moved && !moved->next;
        after = moved && moved->next ? *moved->next : after;
        return moved.has_value();
      });
      Renew("bob");
    }
    ASSERT_TRUE(vault_->FinishRekey(started->key));
    Answered();
    vault_.reset();
    vault_.emplace(Open());
    Renew("alice");
  }
  void LiveWithRekeys() {
    recorder_.emplace(path_);
    Answered();
    vault_.emplace(Open());
    for (const char* name : {"alice", "bob", "carol", "dave", "eve"}) {
      Renew(name);
    }
    AddHotp();
    AddRecoveryCodes();
    Rekey();
    ConsumeHotp();
    ConsumeRecoveryCode();
    Rekey();
    vault_.reset();
    history_ = recorder_->operations();
    recorder_.reset();
  }

  // Everything that a vault knows to do, with restarts; `rounds` of it in one run of the daemon
  // make the log long enough to be copied into the database and begun anew.
  void Live(int rounds) {
    recorder_.emplace(path_);
    Answered();
    vault_.emplace(Open());
    Renew("alice");
    AddHotp();
    AddRecoveryCodes();
    for (int restart = 0; restart < 2; ++restart) {
      vault_.reset();
      vault_.emplace(Open());
      Renew("alice");
      ConsumeHotp();
      ConsumeRecoveryCode();
      Renew("bob");
      Remove("bob");
    }
    for (int round = 0; round < rounds; ++round) {
      Renew("user" + std::to_string(round % 40));
    }
    ConsumeHotp();
    Renew("alice");
    vault_.reset();
    history_ = recorder_->operations();
    recorder_.reset();
  }

  void ExpectAnsweredAt(std::size_t cut, DiskImage::Unsynced unsynced, std::mt19937& random) {
    const TempDirectory directory;
    const std::string path = directory / "vault.sqlite";
    const RecordingVfs without_syncs(path);
    for (const auto& [suffix, bytes] : disk_.PowerFails(unsynced, random)) {
      WriteFile(path + suffix, bytes);
    }
    const auto answered = std::upper_bound(answered_at_.begin(), answered_at_.end(), cut);
    const auto last = static_cast<std::size_t>(answered - answered_at_.begin()) - 1;
    {
      auto vault = Vault::Open(path, KeyAt(cut));
      ASSERT_TRUE(vault) << vault.error().message();
      const Content content = Read(*vault);
      const bool next = last + 1 < contents_.size() && content == contents_[last + 1];
      EXPECT_TRUE(content == contents_[last] || next) << "after answer " << last;
    }
    auto database = Database::Open(path);
    auto check = database->Prepare("PRAGMA integrity_check");
    ASSERT_TRUE(check->Step().value());
    EXPECT_EQ(check->Text(0), "ok");
    ++images_;
  }

  void CutAfter(std::size_t operation, int torn_images) {
    using Unsynced = DiskImage::Unsynced;
    SCOPED_TRACE("the power fails after operation " + std::to_string(operation));
    // NOLINTNEXTLINE(cert-msc51-cpp): the same images each time.
    std::mt19937 random(static_cast<unsigned>(operation));
    ExpectAnsweredAt(operation, Unsynced::kAllKept, random);
    ExpectAnsweredAt(operation, Unsynced::kAllLost, random);
    for (int i = 0; i < torn_images; ++i) {
      ExpectAnsweredAt(operation, Unsynced::kAnySectors, random);
    }
  }

  // Cuts after each operation for which `chosen` is true.
  template <typename Chosen>
  void CutAll(const Chosen& chosen) {
    for (std::size_t done = 0; done <= history_.size() && !HasFailure(); ++done) {
      if (chosen(done)) {
        CutAfter(done, TornImages());
      }
      if (done < history_.size()) {
        disk_.Apply(history_[done]);
      }
    }
    RecordProperty("operations", static_cast<int>(history_.size()));
    RecordProperty("images", images_);
    std::printf("%zu operations, %zu answers, %d images\n", history_.size(), contents_.size(),
                images_);
  }

  // The keys that were in place, each from an operation on.
  std::vector<std::pair<std::size_t, std::string>> keys_{{0, kKey}};
  TempDirectory directory_;
  std::string path_ = directory_ / "vault.sqlite";
  std::optional<RecordingVfs> recorder_;
  std::optional<Vault> vault_;
  std::vector<FileOperation> history_;
  Content expected_;
  std::vector<Content> contents_;         // After each answer.
  std::vector<std::size_t> answered_at_;  // Operations that were done by then.
  DiskImage disk_;
  int images_ = 0;
};

TEST_F(PowerCutTest, EveryAnswerSurvivesACutAfterEveryWriteFromTheFirstOn) {
  Live(0);
  CutAll([](std::size_t) { return true; });
}

TEST_F(PowerCutTest, KeyThatIsInPlaceOpensEverythingAfterACutAtEveryWriteOfARekey) {
  LiveWithRekeys();
  CutAll([](std::size_t done) { return LongRun() || done % 2 == 0; });
}

TEST_F(PowerCutTest, EveryAnswerSurvivesACutWhileTheLogIsCopiedAndBegunAnew) {
  Live(250);
  std::size_t copied_at = 0;
  CutAll([&](std::size_t done) {
    // The database's own file is written to when the log is copied into it, and seldom else.
    if (done > 0 && history_[done - 1].suffix.empty()) {
      copied_at = done;
    }
    const bool near = copied_at != 0 && done - copied_at < 30;
    return LongRun() || (near && done > 500 && done % (kSanitized ? 8 : 2) == 0);
  });
}

}  // namespace
}  // namespace twofactor
