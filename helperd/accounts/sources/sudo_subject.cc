#include "helperd/accounts/sources/sudo_subject.h"

#include <utility>

#include "helperd/accounts/sources/group.h"
#include "helperd/accounts/sources/netgroup.h"

namespace twofactor {

Result<SudoersPolicy::Subject> ReadSudoSubject(const SudoersPolicy& policy, const PasswdEntry& user,
                                               const std::vector<gid_t>& gids) {
  auto host = ReadHostIdentity();
  if (!host) {
    return Fail(host.error());
  }
  SudoersPolicy::Subject subject{user.name, user.uid,        {gids.begin(), gids.end()}, {}, {},
                                 {},        std::move(*host)};
  for (const std::string& group : policy.groups()) {
    const auto gid = FindGid(group);
    if (!gid) {
      return Fail(gid.error());
    }
    if (*gid && subject.gids.contains(**gid)) {
      subject.groups.insert(group);
    }
  }
  for (const std::string& netgroup : policy.netgroups()) {
    if (IsUserInNetgroup(netgroup, user.name)) {
      subject.netgroups.insert(netgroup);
    }
    if (IsHostInNetgroup(netgroup, subject.host.name)) {
      subject.host_netgroups.insert(netgroup);
    }
  }
  return subject;
}

}  // namespace twofactor
