#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUDO_SUBJECT_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUDO_SUBJECT_H_

#include <vector>

#include "common/base/result.h"
#include "helperd/accounts/sources/sudoers.h"
#include "helperd/messages/accounts_messages.h"

namespace twofactor {

// Returns the user and this host as a policy sees them: NSS says which of the policy's groups and
// netgroups they are in. `gids` are all groups of the user. Fails with kUnavailable.
Result<SudoersPolicy::Subject> ReadSudoSubject(const SudoersPolicy& policy, const PasswdEntry& user,
                                               const std::vector<gid_t>& gids);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUDO_SUBJECT_H_
