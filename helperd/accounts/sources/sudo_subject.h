#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUDO_SUBJECT_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUDO_SUBJECT_H_

#include <vector>

#include "common/base/result.h"
#include "helperd/accounts/sources/sudoers.h"
#include "helperd/messages/accounts_messages.h"

namespace twofactor {

// The user and this host as a policy sees them: of the groups and netgroups that it names, NSS says
// which they are in. `gids` are all groups of the user. Fails with kUnavailable.
Result<SudoersPolicy::Subject> ReadSudoSubject(const SudoersPolicy& policy, const PasswdEntry& user,
                                               const std::vector<gid_t>& gids);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUDO_SUBJECT_H_
