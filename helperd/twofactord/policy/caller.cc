#include "helperd/twofactord/policy/caller.h"

namespace twofactor {

std::vector<std::string> Roles::Names() const {
  std::vector<std::string> names;
  if (full_admin) {
    names.emplace_back(NameOf(Role::kFullAdmin));
  }
  if (readonly_admin) {
    names.emplace_back(NameOf(Role::kReadonlyAdmin));
  }
  return names;
}

bool Caller::Holds(Role role) const {
  switch (role) {
    case Role::kFullAdmin:
      return roles_.full_admin;
    case Role::kReadonlyAdmin:
      return roles_.readonly_admin;
    case Role::kUid0:
      return uid_ == 0;
  }
  return false;
}

}  // namespace twofactor
