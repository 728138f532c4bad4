#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_SUBSCRIPTIONS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_SUBSCRIPTIONS_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/username.h"
#include "helperd/twofactord/api/accounts_source.h"
#include "helperd/twofactord/rpc/dispatcher.h"

namespace twofactor {

struct Services;

// Who wants to be told of changes, and the users who have changed since they were told:
// core.subscribe and the events of `user.query`. One user after the other is described for those
// who are told, so that it takes one worker of twofactor-accounts and not all. Whoever does not
// read what there is, or cannot be told all of it, is told once that the subscription has ended.
// Not synchronised.
class Subscriptions {
 public:
  static constexpr std::size_t kMaxPerConnection = 32;
  // Users whose change was not told yet.
  static constexpr std::size_t kMaxChanges = 1024;
  static constexpr const char* kUserEvent = "user.query";

  // The new subscription's id. Fails with kTooLarge.
  Result<std::string> Add(const std::shared_ptr<Session>& session, const std::string& event);
  // An id that is not one is ignored.
  static void Remove(Session& session, const std::string& id);
  static void RemoveAll(Session& session);

  // Remembers that a user's factor has changed; costs nothing where nobody is told.
  void NoteChange(std::string_view name);
  // Tells the changes. `services` outlive this object's owner.
  void TellChanges(Services& services);

 private:
  std::vector<std::shared_ptr<Session>> Subscribers();
  // In whose turn the user is described: the least uid of those who are told of it, so root's where
  // root is. None where nobody is.
  std::optional<Asker> AskerFor(const Username& username);
  void Tell(Services& services, const Username& username, const nlohmann::json& described);
  void EndAll(const Error& error);

  std::vector<std::weak_ptr<Session>> sessions_;
  std::map<std::string, Username, std::less<>> changed_;  // By name.
  bool lost_changes_ = false;
  bool telling_ = false;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_SUBSCRIPTIONS_H_
