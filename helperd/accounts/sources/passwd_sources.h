#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_PASSWD_SOURCES_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_PASSWD_SOURCES_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "helperd/messages/accounts_messages.h"

// The sources of NSS' passwd database, one by one. If they are asked together, a source that says
// that there is no such user hides that an earlier one is down; see nsswitch.conf(5), where
// "unavail" continues with the next.
namespace twofactor {

// Returns the sources in the line "passwd:" of nsswitch.conf(5), in order and without actions;
// "files" if there is no such line. A pure function.
std::vector<std::string> ParsePasswdSources(std::string_view nsswitch);

// Asks one source: none is a definite no. Fails with kUnavailable.
struct PasswdLookups {
  using Found = Result<std::optional<PasswdEntry>>;
  std::function<Found(const std::string& source, const std::string& name)> by_name;
  std::function<Found(const std::string& source, uid_t uid)> by_uid;
};

// Returns the sources of this system. They change how this process uses NSS from then on, so they
// are for a worker that exits after its answer.
PasswdLookups SystemPasswdLookups();

// Returns the sources' answer about a user: the first source that knows the name decides, and an
// earlier one that did not answer makes it unknown. A pure function, except for the lookups.
UserCheck CheckUser(const UserToCheck& user, const std::vector<std::string>& sources,
                    const PasswdLookups& lookups);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_PASSWD_SOURCES_H_
