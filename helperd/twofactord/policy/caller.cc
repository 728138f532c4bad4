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
  return role == Role::kFullAdmin       ? roles_.full_admin
         : role == Role::kReadonlyAdmin ? roles_.readonly_admin
                                        : uid_ == 0;
}

}  // namespace twofactor
