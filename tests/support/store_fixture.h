#ifndef TWOFACTOR_TESTS_SUPPORT_STORE_FIXTURE_H_
#define TWOFACTOR_TESTS_SUPPORT_STORE_FIXTURE_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/livestore/verifier.h"
#include "helperd/twofactord/livestore/publisher.h"
#include "tests/support/temp_directory.h"

namespace twofactor {

// The name of the `number`th of many users.
inline std::string NameOf(int number) { return "user" + std::to_string(number); }

// Clocks that stand still until a test moves them.
class ManualClock final : public Clock {
 public:
  WallTime Wall() const override { return wall; }
  BootTime Boot() const override { return boot; }
  void Advance(std::chrono::seconds time) {
    wall += time;
    boot += time;
  }

  WallTime wall{std::chrono::seconds(1'800'000'000)};
  BootTime boot{std::chrono::seconds(10'000)};
};

// The birth rule with a clock and nothing remembered.
class PlainBirthRule final : public BirthRule {
 public:
  PlainBirthRule(const Clock& clock, int window) : clock_(clock), window_(window) {}
  WallTime Birth() const override { return clock_.Wall(); }
  TimeStep FirstStep(WallTime birth, std::chrono::seconds interval) const override {
    return FirstStepAfterBirth(birth, interval, window_);
  }

 private:
  const Clock& clock_;
  int window_;
};

// What the vault holds: the devices, the slots that are free again and the counters.
struct VaultImage {
  std::map<std::string, PublishedDevice> devices;
  std::set<std::uint64_t> free_slots;
  std::uint64_t next_slot = 0;
  std::uint32_t last_generation = 0;
};

// A live store in a directory of its own, written by the daemon's own publisher, with verbs that
// make a test three lines.
class StoreFixture {
 public:
  StoreFixture() : StoreFixture(LoginSettings{}) {}
  explicit StoreFixture(const LoginSettings& settings);

  // Gives the user a new secret, as a renewal does; the same slot for the same name.
  void Enroll(const std::string& name, uid_t uid, const SecretBytes& secret,
              const OtpParameters& parameters = {});
  // Publishes one more device of the user's, as its ordinal says. It is gone after a restart.
  void AddDevice(const std::string& name, std::uint32_t ordinal, const SecretBytes& secret,
                 const OtpParameters& parameters = {}, int skew = 0);
  void Unset(const std::string& name);
  // Lets the user in without a code for so long, or ends that.
  void SetBypass(const std::string& name, std::optional<std::chrono::seconds> time);
  // The user logged in from this origin on the clock's day, and from these alone.
  void Know(const std::string& name, const std::vector<std::string>& origins);
  // The same two by a daemon that is killed after the commit: nothing is published.
  void Commit(const std::string& name, uid_t uid, const SecretBytes& secret,
              const OtpParameters& parameters = {});
  void CommitRemoval(const std::string& name);
  // Opens the store again as a daemon that was killed does; `lose_ledger`: as after a reboot.
  void Restart(bool lose_ledger = false);

  // A backup of the vault, and a daemon that starts with one.
  VaultImage CopyOfVault() const;
  void RestartWith(VaultImage vault);

  Account AccountOf(const std::string& name) const;
  // The code of the user's secret at the clock's time and `steps` further.
  SecretBytes CodeOf(const std::string& name, int steps = 0) const;
  Result<Verification> Verify(const std::string& name, const SecretBytes& code,
                              const std::string& origin = "") const;
  LiveStoreReader Open() const;

  RunPaths paths() const { return RunPaths(directory_.path()); }
  LiveStorePublisher& publisher() { return *publisher_; }

  ManualClock clock;
  LoginSettings settings;

 private:
  std::uint64_t SlotFor(const std::string& name);

  TempDirectory directory_;
  VaultImage vault_;
  std::optional<LiveStorePublisher> publisher_;
};

// The secret of the test vectors of RFC 4226 appendix D.
SecretBytes RfcSecret();

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_SUPPORT_STORE_FIXTURE_H_
