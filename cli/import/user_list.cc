#include "cli/import/user_list.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "cli/import/account_name.h"
#include "cli/import/plain_text.h"
#include "cli/import/refusal.h"
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

ImportedUser& UserList::Of(const std::string& name) {
  const auto [place, is_new] = places_.try_emplace(name, users_.size());
  if (is_new) {
    users_.emplace_back().name = name;
  }
  return users_[place->second];
}

ImportedEntry UserList::EntryOfApp(std::string place, std::string issuer,
                                   std::string account) const {
  ImportedEntry entry;
  entry.place = std::move(place);
  entry.names.issuer = issuer.empty() ? IssuerOfLabel(account) : std::move(issuer);
  entry.names.account = std::move(account);
  entry.user =
      KnownUserOfAccount(entry.names.account, context_.host, entry.names.issuer, context_.knows);
  return entry;
}

void UserList::Add(ImportedEntry entry) {
  any_ = true;
  if (!context_.choice.Takes(entry.names)) {
    return;
  }
  std::string name = std::move(entry.user);
  if (const auto key = context_.choice.KeyOf(entry.names)) {
    used_keys_.insert(*key);
    name = context_.choice.map->at(*key);
  }
  name = context_.user.empty() ? name : context_.user;
  ImportedUser& user = Of(name.empty() ? entry.place : name);
  for (const std::string& note : entry.notes) {
    user.notes.push_back(Say("%1: %2", entry.place, note));
  }
  if (!entry.refusal.empty()) {
    const std::string reason = Say("%1: %2", entry.place, entry.refusal);
    auto& reasons = context_.skip_unusable ? user.notes : user.refusals;
    reasons.push_back(context_.skip_unusable ? Say("skipped %1", reason) : reason);
  } else if (entry.device && name.empty()) {
    user.refusals.push_back(
        Say("%1: names no user: say --user NAME, with --serial NUMBER for one of several, or --map"
            " FILE",
            entry.place));
  } else if (entry.device) {
    entry.device->source = PlainText(entry.device->source, 2 * kMaxLabelBytes);
    entry.device->place = std::move(entry.place);
    user.devices.push_back(std::move(*entry.device));
  }
}

Result<ImportedUsers> UserList::Finish() && {
  if (!any_) {
    return Refuse(Say("there is nothing in the file that could be imported"));
  }
  if (context_.choice.map) {
    for (const auto& [key, name] : *context_.choice.map) {
      if (used_keys_.count(key) == 0) {
        Of(name).refusals.push_back(
            Say("the map gives '%1', which is not in the file", PlainText(key, kMaxShownBytes)));
      }
    }
  }
  if (users_.empty()) {
    return Refuse(Say("nothing in the file is what was chosen"));
  }
  for (ImportedUser& user : users_) {
    TakeOutEqualDevices(user);
    Label(user);
    Check(user);
  }
  return std::move(users_);
}

void TakeAppDevice(ImportedEntry& entry, Result<ImportedDevice> device) {
  entry.Take(std::move(device));
  if (entry.device) {
    const std::string& issuer = entry.names.issuer;
    const std::string& account = entry.names.account;
    const bool named = issuer == IssuerOfLabel(account) || account.starts_with(issuer + ":");
    entry.device->label = issuer;
    entry.device->source = named ? account : issuer + ":" + account;
  }
}

}  // namespace twofactor
