#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_GROUP_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_GROUP_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace twofactor {

// NSS' group database (getgrnam_r(3), getgrouplist(3)). None: there is no such group. Fail with
// kUnavailable where NSS could not say.
Result<std::optional<gid_t>> FindGid(const std::string& group);
Result<std::optional<std::string>> FindGroupName(gid_t gid);
// All groups of a user, the primary one with them.
Result<std::vector<gid_t>> GroupsOf(const std::string& user, gid_t primary);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_GROUP_H_
