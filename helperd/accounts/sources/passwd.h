#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_PASSWD_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_PASSWD_H_

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/messages/accounts_messages.h"

namespace twofactor {

// Looks up NSS' passwd database (getpwnam_r(3)). None: NSS says that there is no such user. Fails
// with kUnavailable if NSS could not say. Blocks while a directory does.
Result<std::optional<PasswdEntry>> FindPasswdByName(const std::string& name);
Result<std::optional<PasswdEntry>> FindPasswdByUid(uid_t uid);
// Returns every entry that NSS enumerates, up to `most`; fails with kUnavailable if there are more.
Result<std::vector<PasswdEntry>> ListPasswd(std::size_t most);

// Returns the first field of GECOS, the full name.
std::string FullNameOf(const PasswdEntry& entry);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_PASSWD_H_
