#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_HOST_IDENTITY_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_HOST_IDENTITY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace twofactor {

// The identity of this machine, for rules that apply only to some machines (sudoers(5), Host_List).
struct HostIdentity {
  // An address and its netmask, 4 or 16 bytes each, in network byte order.
  struct Interface {
    std::vector<std::uint8_t> address;
    std::vector<std::uint8_t> mask;
  };
  std::string name;  // gethostname(2), qualified or not, as the administrator set it.
  std::vector<Interface> interfaces;
};

// Returns this machine's identity, without loopback, as sudo does. Fails with kUnavailable.
Result<HostIdentity> ReadHostIdentity();

// Returns whether a name or pattern (fnmatch(3)) matches: the whole name if it has a dot, else the
// name up to its first dot, ignoring case. A pure function.
bool HostnameMatches(const HostIdentity& host, const std::string& pattern);

// Returns whether "address", "address/bits" or "address/mask" matches, IPv4 or IPv6. An address
// alone may be an interface's or its network's. Anything else matches nothing. A pure function.
bool NetworkMatches(const HostIdentity& host, const std::string& network);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_HOST_IDENTITY_H_
