#ifndef TWOFACTOR_HELPERD_ACCOUNTS_CHECK_USERS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_CHECK_USERS_H_

#include <vector>

#include "common/base/result.h"
#include "helperd/accounts/progress.h"
#include "helperd/accounts/system_layout.h"
#include "helperd/messages/accounts_messages.h"

namespace twofactor {

// Whether each of the users is still who it was; of the first of them, as many as two seconds are
// enough for, and at least one. Who is in /etc/passwd with this very uid is known without NSS being
// asked: a vault's hundred thousand users are read there once a request, and not once a user.
//
// Nobody is gone but by the word of every source of NSS. Fails with kUnavailable where it cannot be
// known which there are.
Result<std::vector<UserCheck>> CheckUsers(const std::vector<UserToCheck>& users,
                                          const SystemLayout& layout, Progress& progress);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_CHECK_USERS_H_
