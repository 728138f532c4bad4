#include "helperd/messages/user_checks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace twofactor {
namespace {

using nlohmann::json;
using State = UserCheck::State;

struct StateName {
  State state;
  const char* name;
};
constexpr std::array kStateNames = {
    StateName{State::kKnown, "known"}, StateName{State::kOtherUid, "other_uid"},
    StateName{State::kRenamed, "renamed"}, StateName{State::kGone, "gone"},
    StateName{State::kUnanswered, "unanswered"}};

State StateNamed(const std::string& name) {
  const auto* const found =
      std::find_if(kStateNames.begin(), kStateNames.end(),
                   [&name](const StateName& known) { return known.name == name; });
  if (found == kStateNames.end()) {
    throw std::out_of_range("state");
  }
  return found->state;
}

void RequireObject(const json& value, std::size_t keys) {
  if (!value.is_object() || value.size() != keys) {
    throw std::out_of_range("keys");
  }
}

const json& RequireArray(const json& value) {
  if (!value.is_array()) {
    throw std::out_of_range("list");
  }
  return value;
}

uid_t UidAt(const json& object) {
  const json& uid = object.at("uid");
  if (!uid.is_number_integer()) {
    throw std::out_of_range("uid");
  }
  const auto number = uid.get<std::int64_t>();
  if (number < 0 || number > std::numeric_limits<uid_t>::max()) {
    throw std::out_of_range("uid");
  }
  return static_cast<uid_t>(number);
}

}  // namespace

const char* NameOf(State state) {
  const auto* const found =
      std::find_if(kStateNames.begin(), kStateNames.end(),
                   [state](const StateName& known) { return known.state == state; });
  return found == kStateNames.end() ? "" : found->name;
}

json ToJson(const std::vector<UserToCheck>& users) {
  json list = json::array();
  for (const UserToCheck& user : users) {
    list.push_back({{"name", user.name}, {"uid", user.uid}});
  }
  return list;
}

json ToJson(const std::vector<UserCheck>& checks) {
  json list = json::array();
  for (const UserCheck& check : checks) {
    list.push_back({{"state", NameOf(check.state)},
                    {"name", check.name},
                    {"uid", check.uid},
                    {"reason", check.reason}});
  }
  return list;
}

std::vector<UserToCheck> UsersToCheckFrom(const json& value) {
  std::vector<UserToCheck> users;
  for (const json& one : RequireArray(value)) {
    RequireObject(one, 2);
    users.push_back({one.at("name").get<std::string>(), UidAt(one)});
  }
  return users;
}

std::vector<UserCheck> UserChecksFrom(const json& value) {
  std::vector<UserCheck> checks;
  for (const json& one : RequireArray(value)) {
    RequireObject(one, 4);
    checks.push_back({StateNamed(one.at("state").get<std::string>()),
                      one.at("name").get<std::string>(), UidAt(one),
                      one.at("reason").get<std::string>()});
  }
  return checks;
}

}  // namespace twofactor
