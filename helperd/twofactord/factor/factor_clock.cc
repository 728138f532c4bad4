#include <algorithm>
#include <memory>
#include <utility>

#include "helperd/twofactord/factor/factor_store.h"

// What the store makes of a clock that is wrong, and of one that is set right. docs/clocks.md has
// the whole of it.
namespace twofactor {

VaultBirthRule FactorStore::Rule() const { return {clock_, settings_.window, former_windows_}; }

std::optional<std::chrono::seconds> FactorStore::FollowClock() {
  const WallTime now = clock_.Wall();
  const auto step = clock_watch_.Look(now, clock_.Boot());
  if (step) {
    // Codes that were compared with the clock of before teach nothing.
    skews_.ForgetAll();
    set_back_ = std::max(set_back_, -*step);
  }
  const WallTime birth = publisher_.ledger().birth();
  if (birth > now || (step && step->count() < 0)) {
    // It began with a clock that was ahead; or a device came into it while the clock was.
    publisher_.BeginAgain(Rule(), EpochMove::kBack);
  } else if (step && birth < seen_at_start_ && seen_at_start_ <= now) {
    // It began with a clock that was behind what the vault had noted, and that is right now.
    publisher_.BeginAgain(Rule(), EpochMove::kAhead);
  }
  publisher_.ledger().ForgetLaterUse(now);
  NoteUses();
  if (step) {
    WriteTime(now);
  }
  return step;
}

void FactorStore::NoteTime() {
  const WallTime now = clock_.Wall();
  if (noted_ == WallTime{} || now - noted_ >= kQuietNotePeriod || now < noted_) {
    WriteTime(now);
  }
}

void FactorStore::WriteTime(WallTime now) {
  writer_.Submit<void>([now](Vault& vault) { return vault.NoteSeen(now); },
                       [this, now](const Result<void>& stored) {
                         note_failed_because_ = stored ? "" : stored.error().message();
                         if (stored) {
                           noted_ = now;
                         }
                       });
}

void FactorStore::NoteUses() {
  if (notes_under_way_ > 0 || accepts_under_way_ > 0) {
    return;
  }
  // The words are looked at where a code was used since, in the second of the last look too, and
  // each minute, for a program that still has a former version of the module.
  const WallTime used = publisher_.ledger().LatestUse();
  const BootTime boot = clock_.Boot();
  if (!look_for_uses_ && used == seen_use_ && used < looked_ &&
      boot - looked_boot_ < kQuietNotePeriod) {
    return;
  }
  look_for_uses_ = false;
  seen_use_ = used;
  looked_ = clock_.Wall();
  looked_boot_ = boot;
  NoteUsesNow();
}

void FactorStore::NoteUsesNow() {
  // Until its words are lowered, no look at them is to note what is being forgotten.
  if (accepts_under_way_ > 0) {
    return;
  }
  auto uses = std::make_shared<std::vector<UsedBefore>>(publisher_.LookForNewUses());
  if (uses->empty()) {
    return;
  }
  ++notes_under_way_;
  writer_.Submit<void>([uses](Vault& vault) { return vault.NoteUses(*uses); },
                       [this, uses](const Result<void>& noted) {
                         --notes_under_way_;
                         if (noted) {
                           publisher_.SetNoted(*uses);
                         } else {
                           look_for_uses_ = true;
                         }
                       });
}

ClockState FactorStore::ReadClockState() const {
  // A second or two of a clock that is kept right are no news.
  constexpr std::chrono::seconds kNews{5};
  ClockState state{.set_back = set_back_ < kNews ? std::chrono::seconds(0) : set_back_};
  const WallTime now = clock_.Wall();
  for (const DeviceAhead& device : publisher_.FindAhead(Rule())) {
    ++state.devices_ahead;
    state.longest_wait = std::max(state.longest_wait, device.until - now);
  }
  return state;
}

void FactorStore::AcceptTime(const RootPermit&, const std::optional<Username>& username,
                             Done<std::uint64_t> done) {
  auto ahead = std::make_shared<std::vector<DeviceAhead>>(publisher_.FindAhead(Rule()));
  if (username) {
    const auto store = LiveStore();
    const auto own = store ? (*store)->FindDevices(*username) : Fail(store.error());
    if (!own) {
      done(Fail(own.error()));
      return;
    }
    std::erase_if(*ahead, [&own](const DeviceAhead& device) {
      return std::none_of(own->begin(), own->end(), [&device](const DeviceRecord& record) {
        return record.slot == device.slot;
      });
    });
  }
  ++accepts_under_way_;
  writer_.Submit<void>(
      [ahead, now = clock_.Wall()](Vault& vault) -> Result<void> {
        for (const DeviceAhead& device : *ahead) {
          const auto forgotten = vault.ForgetUsesFrom(device.slot, device.generation, device.first);
          if (!forgotten) {
            return forgotten;
          }
        }
        return vault.NoteSeen(now);
      },
      [this, ahead, all = !username, done = std::move(done)](const Result<void>& stored) {
        --accepts_under_way_;
        if (!stored) {
          done(Fail(stored.error()));
          return;
        }
        for (const DeviceAhead& device : *ahead) {
          publisher_.Reopen(device);
        }
        if (all) {
          set_back_ = std::chrono::seconds(0);
        }
        done(ahead->size());
      });
}

}  // namespace twofactor
