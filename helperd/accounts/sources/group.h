#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_GROUP_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_GROUP_H_

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace twofactor {

// Look up NSS' group database (getgrnam_r(3), getgrouplist(3)). None: there is no such group. Fail
// with kUnavailable if NSS could not say.
Result<std::optional<gid_t>> FindGid(const std::string& group);
Result<std::optional<std::string>> FindGroupName(gid_t gid);
// Returns all groups of a user, including the primary one.
Result<std::vector<gid_t>> GroupsOf(const std::string& user, gid_t primary);

// One group, as in group(5).
struct GroupEntry {
  std::string name;
  gid_t gid = 0;
  std::vector<std::string> members;
};
Result<std::optional<GroupEntry>> FindGroupByName(const std::string& name);
Result<std::optional<GroupEntry>> FindGroupByGid(gid_t gid);
// Returns every group that NSS lists. Fails with kUnavailable, also if there are more than `most`.
Result<std::vector<GroupEntry>> ListGroups(std::size_t most);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_GROUP_H_
