#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_USER_RECORD_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_USER_RECORD_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/accounts/child.h"

namespace twofactor {

// systemd's JSON user record (userdbctl(1), systemd.io/USER_RECORD).
std::vector<std::string> UserdbctlArguments(const std::string& user);

// Returns `email` from the record's emailAddress; null if it has none or there is no record. Fails
// with kUnavailable, naming userdbctl.
Result<nlohmann::json> ReadEmail(const ChildOutput& output);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_USER_RECORD_H_
