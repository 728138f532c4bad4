#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_AUTHORIZED_KEYS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_AUTHORIZED_KEYS_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/accounts/child.h"
#include "helperd/messages/accounts_messages.h"

namespace twofactor {

// The maximum size of all of a user's files together; more is an error.
inline constexpr std::size_t kMaxAuthorizedKeysBytes = 256UL * 1024;

// Returns the paths that sshd's AuthorizedKeysFile means for this user (sshd_config(5), Tokens). A
// pure function.
std::vector<std::string> AuthorizedKeysPaths(const std::vector<std::string>& patterns,
                                             const PasswdEntry& user);

// Starts a child that becomes the user, with `groups`, and reads the files that exist. So a link
// leads only to what the user may read. Skips what the user's sshd login would not find (no such
// file, no permission, not a regular file). Fails with kUnavailable.
Result<Child> StartReadingAuthorizedKeys(const PasswdEntry& user, const std::vector<gid_t>& groups,
                                         const std::vector<std::string>& paths);

// Returns `sshpubkey` from the child's output: the text without the blanks around it, null if there
// is none. Fails with kUnavailable, naming the step that failed.
Result<nlohmann::json> ReadAuthorizedKeys(const ChildOutput& output);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_AUTHORIZED_KEYS_H_
