#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_HOST_IDENTITY_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_HOST_IDENTITY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace twofactor {

// What this machine is, for rules that hold on some machines alone (sudoers(5), Host_List).
struct HostIdentity {
  // An address and its netmask, 4 or 16 bytes each, in network order.
  struct Interface {
    std::vector<std::uint8_t> address;
    std::vector<std::uint8_t> mask;
  };
  std::string name;  // gethostname(2): qualified or not, as the administrator set it.
  std::vector<Interface> interfaces;
};

// This machine, loopback left out, as sudo does. Fails with kUnavailable.
Result<HostIdentity> ReadHostIdentity();

// A name or pattern (fnmatch(3)) is compared with the whole name if it has a dot, else with the
// name up to its first dot; case does not count. Pure.
bool HostnameMatches(const HostIdentity& host, const std::string& pattern);

// "address", "address/bits" or "address/mask", IPv4 or IPv6; an address alone may be an interface's
// or its network's. What is no such thing matches nothing. Pure.
bool NetworkMatches(const HostIdentity& host, const std::string& network);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_HOST_IDENTITY_H_
