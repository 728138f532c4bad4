#include "cli/import/user_list.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "cli/import/plain_text.h"
#include "cli/translate.h"
#include "common/otp/same_codes.h"

namespace twofactor {
namespace {

bool HaveSameParameters(const ImportedDevice& a, const ImportedDevice& b) {
  const OtpParameters& one = a.parameters;
  const OtpParameters& other = b.parameters;
  return a.type == b.type && one.digits == other.digits && one.algorithm == other.algorithm &&
         (a.type == ImportedDevice::Type::kHotp || one.interval == other.interval);
}

// A device that stands there twice is one, and what either says was used is used. Of two that make
// different codes of one secret nobody can tell which the user has.
void TakeOutEqualDevices(ImportedUser& user) {
  std::vector<ImportedDevice> kept;
  for (ImportedDevice& device : user.devices) {
    const auto same = std::find_if(kept.begin(), kept.end(), [&device](const ImportedDevice& one) {
      return MakeSameCodes(one.secret, device.secret);
    });
    if (same == kept.end()) {
      kept.push_back(std::move(device));
    } else if (!HaveSameParameters(*same, device)) {
      user.refusals.push_back(
          Say("%1 and %2 have the same secret, but not the same type, digits, interval and"
              " algorithm: leave one of them out",
              same->place, device.place));
    } else {
      same->counter = std::max(same->counter, device.counter);
      same->first_step = std::max(same->first_step, device.first_step);
      user.notes.push_back(Say("%1 and %2 have the same secret: they are one device here",
                               same->place, device.place));
    }
  }
  user.devices = std::move(kept);
}

void Label(ImportedUser& user) {
  std::set<std::string> taken;
  for (std::size_t i = 0; i < user.devices.size(); ++i) {
    std::string& label = user.devices[i].label;
    const std::string number = std::to_string(i + 1);
    label = PlainText(label, kMaxLabelBytes - number.size() - 1);
    if (label.empty()) {
      label = number;
    } else if (taken.count(label) != 0) {
      label += " " + number;
    }
    taken.insert(label);
  }
}

void Check(ImportedUser& user) {
  if (user.devices.size() > kMaxDevices) {
    user.refusals.push_back(Say("has %1 devices, more than %2", user.devices.size(), kMaxDevices));
  }
  // Passed over, each with its reason: so there is nothing left of the user.
  if (user.devices.empty() && user.refusals.empty()) {
    user.refusals = std::exchange(user.notes, {});
  }
}

}  // namespace

ImportedUser& UserList::Of(std::string_view name) {
  const auto [place, is_new] = places_.try_emplace(std::string(name), users_.size());
  if (is_new) {
    users_.emplace_back().name = place->first;
  }
  return users_[place->second];
}

ImportedUsers UserList::Finish() && {
  for (ImportedUser& user : users_) {
    TakeOutEqualDevices(user);
    Label(user);
    Check(user);
  }
  return std::move(users_);
}

}  // namespace twofactor
