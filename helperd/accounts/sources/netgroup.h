#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_NETGROUP_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_NETGROUP_H_

#include <string>

namespace twofactor {

// Look up NSS' netgroups (innetgr(3)), which cannot distinguish "no" from "the directory did not
// answer". They block while a directory does.
bool IsUserInNetgroup(const std::string& netgroup, const std::string& user);
bool IsHostInNetgroup(const std::string& netgroup, const std::string& host);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_NETGROUP_H_
