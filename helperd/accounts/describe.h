#ifndef TWOFACTOR_HELPERD_ACCOUNTS_DESCRIBE_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_DESCRIBE_H_

#include <nlohmann/json.hpp>

#include "common/base/result.h"
#include "helperd/accounts/progress.h"
#include "helperd/accounts/system_layout.h"
#include "helperd/messages/accounts_messages.h"

namespace twofactor {

// Every field of a user's entry that the system knows (accounts_messages.h, CheckDescription), from
// its own source. The tools and the home directory are asked side by side, and meanwhile NSS.
//
// A source that this system does not have gives null, false or an empty list. Fails where one fails
// or hangs, naming it: kUnavailable, or kTimedOut after the layout's deadline. NSS has no deadline
// here: a worker is killed for that.
Result<nlohmann::json> DescribeUser(const PasswdEntry& entry, const SystemLayout& layout,
                                    Progress& progress);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_DESCRIBE_H_
