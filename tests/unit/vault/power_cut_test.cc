// The power fails after any write of the vault's, and the disk lost or tore any of what was not
// synced: what was answered is there, and what was not is there as a whole or not at all.
//
// TWOFACTOR_POWER_CUTS=N looks at N torn images for each write, and at every write of the long
// history too.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "common/otp/hotp.h"
#include "helperd/twofactord/vault/database.h"
#include "helperd/twofactord/vault/vault.h"
#include "tests/support/sanitized.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/vault/disk_image.h"
#include "tests/unit/vault/old_vault.h"
#include "tests/unit/vault/recording_vfs.h"
#include "tests/unit/vault/test_key.h"

namespace twofactor {
namespace {

constexpr std::uint32_t kHotpDevice = 1;
const std::vector<std::string> kRecoveryCodes = {"abcdefghijkm", "bcdefghijkmn", "cdefghijkmnp",
                                                 "defghijkmnpq"};

SecretBytes HotpSecret() { return SecretBytes::CopyOf("12345678901234567890"); }
SecretBytes CarolsSecret() { return SecretBytes::CopyOf("the secret of carol"); }
Username Name(const std::string& name) { return Username::Parse(name).value(); }

int TornImages() {
  const char* asked = std::getenv("TWOFACTOR_POWER_CUTS");
  return asked == nullptr ? 1 : std::stoi(asked);
}
bool LongRun() { return std::getenv("TWOFACTOR_POWER_CUTS") != nullptr; }

// A TOTP device.
struct Totp {
  std::string secret;
  TimeStep first_step = 0;

  friend bool operator==(const Totp&, const Totp&) = default;
};

// What the vault should hold, and what it does hold.
struct Content {
  std::map<std::string, Totp> devices;  // By user and ordinal.
  HotpCounter counter = 0;
  std::vector<std::string> recovery_codes;
  TimeStep past = 0;                // The first unused step of carol's secret, which she gave up.
  std::set<std::uint64_t> origins;  // Of alice.

  friend bool operator==(const Content&, const Content&) = default;
};

bool TakesHotp(Vault& vault, HotpCounter counter) {
  const auto code = GenerateHotp(HotpSecret(), {}, counter);
  return vault.ConsumeHotp(Name("alice"), 1000, kHotpDevice, TypedCode(*code), 0).value();
}

std::string IdOf(const std::string& name, std::uint32_t device = 0) {
  return name + " " + std::to_string(device);
}

void ReadPastAndOrigins(Vault& vault, Content& content) {
  const auto same = vault.FindTotpSecret(Name("carol"), CarolsSecret(), std::chrono::seconds(30));
  EXPECT_TRUE(same);
  for (const SameTotp& past : same.value()) {
    content.past = past.slot == kNoSlot ? past.first_step : content.past;
  }
  const auto origins = vault.ReadOrigins(Name("alice"), 1000);
  EXPECT_TRUE(origins);
  for (const KnownOrigin& origin : origins.value()) {
    if (origin.hash != 0) {
      content.origins.insert(origin.hash);
    }
  }
}

Content Read(Vault& vault) {
  Content content;
  const auto devices = vault.LoadDevices();
  EXPECT_TRUE(devices);
  for (const PublishedDevice& device : devices.value()) {
    if (device.kind == DeviceKind::kTotp) {
      content.devices.emplace(IdOf(device.username.text(), device.device),
                              Totp{std::string(device.secret.text()), device.first_step});
    }
  }
  ReadPastAndOrigins(vault, content);
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

  void Renew(const std::string& name) { Put(name, "secret " + std::to_string(contents_.size())); }
  void Put(const std::string& name, const std::string& secret, TimeStep first_step = 0) {
    expected_.devices[IdOf(name)] = {secret, first_step};
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
    expected_.devices.erase(IdOf(name));
    Do([&](Vault& vault) { return vault.RemoveUser(Name(name)); });
  }
  // The daemon notes that the steps before this one were used.
  void Use(const std::string& name, TimeStep next_step) {
    std::vector<UsedBefore> uses;
    const auto devices = vault_->LoadDevices();
    for (const PublishedDevice& device : devices.value()) {
      if (device.username.text() == name && device.kind == DeviceKind::kTotp) {
        uses.push_back({device.slot, device.generation, next_step});
      }
    }
    expected_.devices[IdOf(name)].first_step = next_step;
    Do([&](Vault& vault) { return vault.NoteUses(uses); });
  }
  // And then that root accepts the present time.
  void Reopen(const std::string& name, TimeStep first) {
    const auto devices = vault_->LoadDevices();
    expected_.devices[IdOf(name)].first_step = first;
    Do([&](Vault& vault) {
      for (const PublishedDevice& device : devices.value()) {
        if (device.username.text() == name &&
            !vault.ForgetUsesFrom(device.slot, device.generation, first)) {
          return false;
        }
      }
      return true;
    });
  }
  // A secret that was used and given up comes back.
  void GiveUpAndTakeBack(TimeStep next_step) {
    Put("carol", std::string(CarolsSecret().text()), expected_.past);
    Use("carol", next_step);
    expected_.past = next_step;
    Remove("carol");
    Put("carol", std::string(CarolsSecret().text()), next_step);
    Remove("carol");
  }
  void LogInFrom(std::uint64_t origin) {
    expected_.origins.insert(origin);
    Do([&](Vault& vault) { return vault.NoteOrigin(Name("alice"), 1000, origin, 20000); });
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

  // A vault of an older version, in which alice has one secret twice; healed as a start does it.
  // Gives the operation from which on it is there.
  std::size_t LiveWithMerge() {
    recorder_.emplace(path_);
    std::vector<NewSecret> secrets;
    for (const std::uint32_t device : {0U, 2U}) {
      secrets.push_back({.username = Name("alice"),
                         .uid = 1000,
                         .device = device,
                         .parameters = {},
                         .created = {},
                         .secret = SecretBytes::CopyOf("one secret"),
                         .label = {}});
      expected_.devices[IdOf("alice", device)] = {"one secret", 0};
    }
    MakeVaultOfSchema6(path_, kKey, secrets);
    Answered();
    const std::size_t made = recorder_->operations().size();
    vault_.emplace(Open());
    expected_.devices.erase(IdOf("alice"));
    expected_.devices[IdOf("alice", 2)].first_step = 700;
    TimeStep used = 500;
    const auto merged = vault_->MergeEqualSecrets(
        [&used](std::uint64_t, std::uint32_t, std::uint32_t) { return used += 100; });
    EXPECT_TRUE(merged);
    Answered();
    vault_.reset();
    history_ = recorder_->operations();
    recorder_.reset();
    return made;
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
      Use("alice", 70 + restart);
      Reopen("alice", 60 + restart);
      LogInFrom(4711 + static_cast<std::uint64_t>(restart));
      GiveUpAndTakeBack(80 + restart);
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

TEST_F(PowerCutTest, DevicesWithOneSecretAreTwoOrOneAfterACutAtEveryWriteOfTheirMerge) {
  const std::size_t made = LiveWithMerge();
  CutAll([made](std::size_t done) { return done >= made; });
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
