#ifndef TWOFACTOR_HELPERD_ACCOUNTS_CHECK_USERS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_CHECK_USERS_H_

#include <vector>

#include "common/base/result.h"
#include "helperd/accounts/progress.h"
#include "helperd/accounts/system_layout.h"
#include "helperd/messages/accounts_messages.h"

namespace twofactor {

// Checks whether each user is still the same, for as many of the first users as two seconds allow,
// and at least one. Users in /etc/passwd with this uid are known without NSS, because a vault's
// hundred thousand users are read from there once per request, not once per user.
//
// A user counts as gone only if every NSS source says so. Fails with kUnavailable if the sources
// are not known.
Result<std::vector<UserCheck>> CheckUsers(const std::vector<UserToCheck>& users,
                                          const SystemLayout& layout, Progress& progress);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_CHECK_USERS_H_
