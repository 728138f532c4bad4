#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_STALE_LOOK_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_STALE_LOOK_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "helperd/twofactord/api/call.h"

// A look at some users of the vault: does the system still know them? One request to
// twofactor-accounts, so it takes one worker for a few seconds at most, whatever the directories
// do.
namespace twofactor {

struct StaleLook {
  std::vector<std::pair<VaultUser, UserCheck>> users;
  LookMoment moment{};  // Before the system was asked.
  // The name after which the next look begins; none: these were the last ones.
  std::optional<std::string> next;
};

// Users whose names come after `after`. A source that does not answer makes users kUnanswered, and
// no error. On failure of the vault the call is answered, and `done` not called.
void LookAtUsers(const CallPtr& call, const std::string& after,
                 std::function<void(StaleLook)> done);

// As many of these users, from the first on, as a request to twofactor-accounts has room for. Pure.
std::size_t UsersOfARequest(const std::vector<VaultUser>& users);

// What of `users` was looked at, with the checks of the first of them: the users of the last name
// are all in it or none, but for one that is the only one. Pure. `more`: there are others after
// these.
StaleLook LookOf(const std::vector<VaultUser>& users, std::vector<UserCheck> checks, bool more);

inline bool IsStale(UserCheck::State state) {
  return state != UserCheck::State::kKnown && state != UserCheck::State::kUnanswered;
}

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_STALE_LOOK_H_
