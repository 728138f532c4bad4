#ifndef TWOFACTOR_HELPERD_ACCOUNTS_DESCRIBE_GROUPS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_DESCRIBE_GROUPS_H_

#include <nlohmann/json.hpp>

#include "common/base/result.h"
#include "helperd/accounts/progress.h"
#include "helperd/accounts/system_layout.h"
#include "helperd/messages/accounts_messages.h"

namespace twofactor {

// Returns the answer to kListGroups: objects with the GroupEntryFields, of the named groups that
// exist, or of all. Fails with kUnavailable or kTimedOut, naming the source.
Result<nlohmann::json> DescribeGroups(const AccountsRequest& request, const SystemLayout& layout,
                                      Progress& progress);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_DESCRIBE_GROUPS_H_
