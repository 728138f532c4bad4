#include "cli/import/user_list.h"

#include <set>
#include <utility>

#include "cli/import/plain_text.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

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
    Label(user);
    Check(user);
  }
  return std::move(users_);
}

}  // namespace twofactor
