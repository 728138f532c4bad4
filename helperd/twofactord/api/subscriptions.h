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

// The subscriptions of core.subscribe, and the users whose change has not been sent yet. Describes
// one user after the other, so that it occupies one worker of twofactor-accounts and not all. A
// subscriber that does not read its notifications, or would miss one, is told once that its
// subscription has ended. Not synchronized.
class Subscriptions {
 public:
  static constexpr std::size_t kMaxPerConnection = 32;
  // Users whose change has not been sent yet.
  static constexpr std::size_t kMaxChanges = 1024;
  static constexpr const char* kUserEvent = "user.query";

  // Returns the new subscription's id. Fails with kTooLarge.
  Result<std::string> Add(const std::shared_ptr<Session>& session, const std::string& event);
  // Ignores an unknown id.
  static void Remove(Session& session, const std::string& id);
  static void RemoveAll(Session& session);

  // Remembers that a user's second factor has changed, if anybody subscribes.
  void NoteChange(std::string_view name);
  // Sends the changes. `services` must outlive this object's owner.
  void TellChanges(Services& services);

 private:
  std::vector<std::shared_ptr<Session>> Subscribers();
  // In whose turn the user is described: the lowest uid of the subscribers that may see it. None if
  // there is none.
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
