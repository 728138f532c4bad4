#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_PASSWD_SOURCES_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_PASSWD_SOURCES_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "helperd/messages/accounts_messages.h"

// The sources of NSS' passwd database one by one. Asked together, a source that says that there is
// no such user covers up that the one before it is down; see nsswitch.conf(5), where "unavail" goes
// on to the next.
namespace twofactor {

// What the line "passwd:" of nsswitch.conf(5) names, in its order and without actions: "files"
// where there is no such line. Pure.
std::vector<std::string> ParsePasswdSources(std::string_view nsswitch);

// How one source answers: none is a definite no. Fails with kUnavailable.
struct PasswdLookups {
  using Found = Result<std::optional<PasswdEntry>>;
  std::function<Found(const std::string& source, const std::string& name)> by_name;
  std::function<Found(const std::string& source, uid_t uid)> by_uid;
};

// Those of this system. They change how this process asks NSS from then on, and are for a worker
// that ends with its answer.
PasswdLookups SystemPasswdLookups();

// What the sources say of a user: the first that knows the name has the say, and one before it that
// did not answer leaves it open. Pure, but for the lookups.
UserCheck CheckUser(const UserToCheck& user, const std::vector<std::string>& sources,
                    const PasswdLookups& lookups);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_PASSWD_SOURCES_H_
