#ifndef TWOFACTOR_HELPERD_ACCOUNTS_DESCRIBE_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_DESCRIBE_H_

#include <nlohmann/json.hpp>

#include "common/base/result.h"
#include "helperd/accounts/progress.h"
#include "helperd/accounts/system_layout.h"
#include "helperd/messages/accounts_messages.h"

namespace twofactor {

// Returns every field of a user's entry that the system knows (accounts_messages.h,
// CheckDescription), each from its own source. Asks the tools and the home directory in parallel,
// and NSS meanwhile.
//
// A source that this system does not have gives null, false or an empty list. Fails if a source
// fails or hangs, naming it: kUnavailable, or kTimedOut after the layout's deadline. NSS has no
// deadline here: the worker is killed.
Result<nlohmann::json> DescribeUser(const PasswdEntry& entry, const SystemLayout& layout,
                                    Progress& progress);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_DESCRIBE_H_
