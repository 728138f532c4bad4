#include "helperd/twofactord/livestore/used_steps.h"

#include <algorithm>

namespace twofactor {

void UsedSteps::Set(const PublishedDevice& device, bool in_vault) {
  if (device.kind != DeviceKind::kTotp) {
    Forget(device.slot);
    return;
  }
  if (device.slot >= by_slot_.size()) {
    by_slot_.resize(device.slot + 1);
  }
  Steps& steps = by_slot_[device.slot];
  if (steps.generation != device.generation) {
    steps = {};
  }
  steps.generation = device.generation;
  steps.interval = device.parameters.interval;
  steps.skew = device.skew;
  steps.used = std::max(steps.used, device.first_step);
  if (in_vault) {
    steps.noted = device.first_step;
  }
}

void UsedSteps::Forget(std::uint64_t slot) {
  if (slot < by_slot_.size()) {
    by_slot_[slot] = {};
  }
}

TimeStep UsedSteps::FirstUnused(std::uint64_t slot, layout::UseWord word) const {
  const bool known = slot < by_slot_.size() && by_slot_[slot].generation != 0;
  return known ? UsedOf(by_slot_[slot], word) : 0;
}

TimeStep UsedSteps::UsedOf(const Steps& steps, layout::UseWord word) {
  const bool used = word.generation == steps.generation && !word.from_birth;
  return used ? std::max(steps.used, TimeStep{word.next_step}) : steps.used;
}

std::vector<UsedBefore> UsedSteps::LookForNew(const Ledger& ledger) {
  std::vector<UsedBefore> found;
  for (std::uint64_t slot = 0; slot < by_slot_.size(); ++slot) {
    Steps& steps = by_slot_[slot];
    if (steps.generation == 0) {
      continue;
    }
    steps.used = UsedOf(steps, ledger.ReadUse(slot));
    if (steps.used > steps.noted) {
      found.push_back({slot, steps.generation, steps.used});
    }
  }
  return found;
}

void UsedSteps::SetNoted(std::span<const UsedBefore> noted) {
  for (const UsedBefore& use : noted) {
    Steps& steps = by_slot_[use.slot];
    if (steps.generation == use.generation) {
      steps.noted = std::max(steps.noted, use.next_step);
    }
  }
}

void UsedSteps::BeginAgain(Ledger& ledger, const BirthRule& rule, EpochMove move) const {
  const WallTime now = rule.Birth();
  for (std::uint64_t slot = 0; slot < by_slot_.size(); ++slot) {
    const Steps& steps = by_slot_[slot];
    if (steps.generation == 0) {
      continue;
    }
    const TimeStep first =
        std::max(FirstUnusedStep(rule, now, steps.interval, steps.skew), steps.used);
    if (move == EpochMove::kAhead || ledger.ReadUse(slot).next_step > first) {
      ledger.BeginAgain(slot, steps.generation, first);
    }
  }
  // Last, so that a daemon that is killed before this does all of it again.
  if (move == EpochMove::kAhead || ledger.birth() > now) {
    ledger.SetBegunAgain(now);
  }
}

std::vector<DeviceAhead> UsedSteps::FindAhead(const Ledger& ledger, const BirthRule& rule) const {
  const WallTime now = rule.Birth();
  std::vector<DeviceAhead> ahead;
  for (std::uint64_t slot = 0; slot < by_slot_.size(); ++slot) {
    const Steps& steps = by_slot_[slot];
    if (steps.generation == 0) {
      continue;
    }
    const TimeStep first = FirstUnusedStep(rule, now, steps.interval, steps.skew);
    const TimeStep used = UsedOf(steps, ledger.ReadUse(slot));
    if (used > first) {
      ahead.push_back(
          {slot, steps.generation, first, StartOfSkewed(used, steps.interval, steps.skew), used});
    }
  }
  return ahead;
}

void UsedSteps::Reopen(Ledger& ledger, const DeviceAhead& device) {
  Steps& steps = by_slot_[device.slot];
  if (steps.generation == device.generation &&
      UsedOf(steps, ledger.ReadUse(device.slot)) >= device.used) {
    steps.used = std::min(steps.used, device.first);
    steps.noted = std::min(steps.noted, device.first);
    ledger.Reopen(device.slot, device.generation, device.first);
  }
}

}  // namespace twofactor
