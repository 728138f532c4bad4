#include "helperd/accounts/sources/netgroup.h"

#include <netdb.h>

namespace twofactor {

bool IsUserInNetgroup(const std::string& netgroup, const std::string& user) {
  return innetgr(netgroup.c_str(), nullptr, user.c_str(), nullptr) == 1;
}

bool IsHostInNetgroup(const std::string& netgroup, const std::string& host) {
  return innetgr(netgroup.c_str(), host.c_str(), nullptr, nullptr) == 1;
}

}  // namespace twofactor
