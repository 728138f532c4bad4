#include "helperd/twofactord/factor/bypasses.h"

#include <algorithm>
#include <utility>

#include "common/livestore/reader.h"

namespace twofactor {
namespace {

// What the live store of the last start says; none where there is no such store.
std::optional<Bypass> ReadBypass(const RunPaths& paths, const StoredBypass& stored) {
  auto store = LiveStoreReader::Open(paths);
  if (!store) {
    return std::nullopt;
  }
  const auto devices = FindOwnDevices(*store, {stored.username, stored.uid});
  if (!devices) {
    return std::nullopt;
  }
  for (const DeviceRecord& device : *devices) {
    // Another end is another bypass's, which was not answered yet.
    if (device.bypass && device.bypass->until == stored.until) {
      return device.bypass;
    }
  }
  return std::nullopt;
}

BypassEnd WhyNotResumed(const StoredBypass& stored, WallTime wall) {
  return wall < stored.until ? BypassEnd::kClock : BypassEnd::kOver;
}

}  // namespace

std::string_view NameOf(BypassEnd end) {
  switch (end) {
    case BypassEnd::kOver:
      return "its time is over";
    case BypassEnd::kTakenBack:
      return "an administrator took it back";
    case BypassEnd::kNewSecret:
      return "the user has a new secret or new recovery codes";
    case BypassEnd::kNoFactor:
      return "the user has no second factor any more";
    case BypassEnd::kClock:
      return "its time is over, or the clock was set back and does not tell";
    case BypassEnd::kForged:
      return "its row in the vault was not written with the vault's key";
  }
  return "";
}

void Bypasses::Put(ActiveBypass bypass) {
  std::string name = bypass.stored.username.text();
  by_name_.insert_or_assign(std::move(name), std::move(bypass));
}

const ActiveBypass* Bypasses::Find(const Username& username) const {
  const auto found = by_name_.find(username.text());
  return found == by_name_.end() ? nullptr : &found->second;
}

std::optional<ActiveBypass> Bypasses::Take(const Username& username) {
  const auto found = by_name_.find(username.text());
  if (found == by_name_.end()) {
    return std::nullopt;
  }
  std::optional<ActiveBypass> taken(std::move(found->second));
  by_name_.erase(found);
  return taken;
}

std::vector<ActiveBypass> Bypasses::All() const {
  std::vector<ActiveBypass> all;
  for (const auto& [name, bypass] : by_name_) {
    all.push_back(bypass);
  }
  return all;
}

std::optional<Bypass> ResumeBypass(const StoredBypass& stored, const std::optional<Bypass>& here,
                                   WallTime latest_seen, WallTime wall, BootTime boot) {
  // Set back since the bypass was given, or behind what was seen: only the boot's clock knows.
  const bool clock_tells = wall >= latest_seen && wall >= stored.since;
  if (!here && !clock_tells) {
    return std::nullopt;
  }
  const BootTime longest = boot + (stored.until - stored.since);
  const BootTime by_wall = boot + (stored.until - wall);
  const Bypass bypass{stored.until, std::min(longest, here ? here->until_boot : by_wall)};
  // Of this boot, its clock tells; the wall clock may be wrong for a moment.
  const bool goes_on = here ? boot < bypass.until_boot : IsOn(bypass, wall, boot);
  return goes_on ? std::optional(bypass) : std::nullopt;
}

Result<ResumedBypasses> ResumeBypasses(Vault& vault, const RunPaths& paths, const Clock& clock,
                                       std::span<PublishedDevice> devices) {
  const auto latest_seen = vault.LatestSeen();
  auto loaded = vault.LoadBypasses();
  if (!latest_seen || !loaded) {
    return Fail(latest_seen ? loaded.error() : latest_seen.error());
  }
  ResumedBypasses resumed;
  for (const std::string& name : loaded->refused) {
    resumed.ended.push_back({name, BypassEnd::kForged});
  }
  for (StoredBypass& stored : loaded->bypasses) {
    const auto bounds =
        ResumeBypass(stored, ReadBypass(paths, stored), *latest_seen, clock.Wall(), clock.Boot());
    if (!bounds) {
      resumed.ended.push_back({stored.username.text(), WhyNotResumed(stored, clock.Wall())});
      // A disk that takes no changes keeps nobody out: the next start ends it again.
      static_cast<void>(vault.EndBypass(stored.username));
      continue;
    }
    for (PublishedDevice& device : devices) {
      if (device.username.text() == stored.username.text() && device.uid == stored.uid) {
        device.bypass = bounds;
      }
    }
    resumed.bypasses.Put({std::move(stored), *bounds});
  }
  return resumed;
}

}  // namespace twofactor
