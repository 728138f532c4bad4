#include "helperd/twofactord/factor/equal_devices.h"

#include <algorithm>
#include <utility>

#include "common/otp/same_codes.h"
#include "helperd/twofactord/vault/equal_secrets.h"

namespace twofactor {
namespace {

template <typename Device>
EqualDevice UseOfDevice(const Device& device) {
  return {device.kind, device.parameters, device.first_step, device.counter};
}

void AddSentence(std::string& text, const std::string& sentence) {
  text += (text.empty() ? "" : "; ") + sentence;
}

}  // namespace

Result<std::string> TakeOutEqualDevices(std::vector<ImportedDevice>& devices) {
  std::string told;
  std::vector<ImportedDevice> kept;
  for (ImportedDevice& device : devices) {
    const auto same = std::find_if(kept.begin(), kept.end(), [&device](const ImportedDevice& one) {
      return MakeSameCodes(one.secret, device.secret);
    });
    if (same == kept.end()) {
      kept.push_back(std::move(device));
      continue;
    }
    const std::string both = SameSecretText(device.label, same->label);
    if (!HaveSameParameters(UseOfDevice(*same), UseOfDevice(device))) {
      return Fail(ErrorCode::kInvalidParams,
                  both +
                      ", but not its kind, digits, interval and algorithm: leave one of them"
                      " out");
    }
    if (device.first_step > same->first_step) {
      same->first_step = device.first_step;
      same->skew = device.skew;
    }
    same->counter = std::max(same->counter, device.counter);
    AddSentence(told, both + ": they are one device here");
  }
  devices = std::move(kept);
  return told;
}

std::string TakeOutEqualDevices(std::vector<BackedUpDevice>& devices) {
  std::string told;
  std::vector<bool> gone(devices.size());
  for (std::size_t i = 0; i < devices.size(); ++i) {
    std::vector<std::size_t> group;
    std::vector<EqualDevice> uses;
    for (std::size_t j = i; j < devices.size(); ++j) {
      if (!gone[j] && MakeSameCodes(devices[i].secret, devices[j].secret)) {
        group.push_back(j);
        uses.push_back(UseOfDevice(devices[j]));
      }
    }
    if (gone[i] || group.size() < 2) {
      continue;
    }
    const MergedDevice merged = MergeEqualDevices(uses);
    BackedUpDevice& kept = devices[group[merged.kept]];
    kept.first_step = merged.first_step;
    kept.counter = merged.counter;
    for (const std::size_t place : group) {
      if (place != group[merged.kept]) {
        gone[place] = true;
        AddSentence(told, SameSecretText(devices[place].label, kept.label) + " and was left out");
      }
    }
  }
  std::vector<BackedUpDevice> left;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (!gone[i]) {
      left.push_back(std::move(devices[i]));
    }
  }
  devices = std::move(left);
  return told;
}

}  // namespace twofactor
