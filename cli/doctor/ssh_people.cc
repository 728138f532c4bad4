#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <map>
#include <memory>

#include "cli/doctor/ssh_connection.h"

namespace twofactor {
namespace {

using Texts = std::vector<std::string>;

// Doctor does not take minutes where a directory lists everybody.
constexpr std::size_t kMostListed = 5000;

Texts Users() {
  Texts users;
  setpwent();
  while (const passwd* user = users.size() < kMostListed ? getpwent() : nullptr) {
    users.emplace_back(user->pw_name);
  }
  endpwent();
  return users;
}

Texts Groups() {
  Texts groups;
  setgrent();
  while (const group* found = groups.size() < kMostListed ? getgrent() : nullptr) {
    groups.emplace_back(found->gr_name);
  }
  endgrent();
  return groups;
}

// Those that the group names, and those whose own group it is.
Texts Members(const std::string& name) {
  Texts members;
  const group* found = getgrnam(name.c_str());
  if (found == nullptr) {
    return members;
  }
  const gid_t gid = found->gr_gid;
  for (char** member = found->gr_mem; *member != nullptr; ++member) {
    members.emplace_back(*member);
  }
  setpwent();
  std::size_t seen = 0;
  while (const passwd* user = seen++ < kMostListed ? getpwent() : nullptr) {
    if (user->pw_gid == gid) {
      members.emplace_back(user->pw_name);
    }
  }
  endpwent();
  return members;
}

Texts GroupsOf(const std::string& name) {
  const passwd* user = getpwnam(name.c_str());
  if (user == nullptr) {
    return {};
  }
  const gid_t own = user->pw_gid;
  int count = 64;
  std::vector<gid_t> gids(static_cast<std::size_t>(count));
  if (getgrouplist(name.c_str(), own, gids.data(), &count) < 0) {
    gids.resize(static_cast<std::size_t>(std::max(count, 0)));
    getgrouplist(name.c_str(), own, gids.data(), &count);
  }
  gids.resize(std::min(gids.size(), static_cast<std::size_t>(std::max(count, 0))));
  Texts groups;
  for (const gid_t gid : gids) {
    if (const group* found = getgrgid(gid)) {
      groups.emplace_back(found->gr_name);
    }
  }
  return groups;
}

}  // namespace

SshPeople PeopleOfSystem() {
  // A directory is asked once about each.
  const auto known = std::make_shared<std::map<std::string, Texts>>();
  const auto groups_of = [known](const std::string& user) {
    const auto found = known->find(user);
    return found != known->end() ? found->second
                                 : known->emplace(user, GroupsOf(user)).first->second;
  };
  return {Users, Members, Groups, groups_of};
}

}  // namespace twofactor
