#include "helperd/twofactord/api/subscriptions.h"

#include <algorithm>
#include <utility>

#include "helperd/twofactord/api/call.h"
#include "helperd/twofactord/api/user_entry.h"
#include "helperd/twofactord/rpc/rpc_errors.h"

namespace twofactor {
namespace {

using nlohmann::json;

bool IsOfUsers(const std::string& event) {
  return event == Subscriptions::kUserEvent || event == "*";
}

bool HearsOfUsers(Session& session) {
  const auto& subscriptions = CallerSession::Of(session).subscriptions();
  return std::any_of(subscriptions.begin(), subscriptions.end(),
                     [](const auto& one) { return IsOfUsers(one.second); });
}

// Ends the session's subscriptions to users, and sends the reason.
void EndUserSubscriptions(Session& session, const Error& error) {
  std::erase_if(CallerSession::Of(session).subscriptions(),
                [](const auto& one) { return IsOfUsers(one.second); });
  session.awaits_events = !CallerSession::Of(session).subscriptions().empty();
  if (session.notifier != nullptr) {
    session.notifier->Notify("notify_unsubscribed", {{"collection", Subscriptions::kUserEvent},
                                                     {"error", ErrorObject(error)["data"]}});
  }
}

Error SlowReader() {
  return Error(ErrorCode::kUnavailable, "events were not read in time: subscribe again");
}

}  // namespace

Result<std::string> Subscriptions::Add(const std::shared_ptr<Session>& session,
                                       const std::string& event) {
  CallerSession& caller = CallerSession::Of(*session);
  if (caller.subscriptions().size() >= kMaxPerConnection) {
    return Fail(ErrorCode::kTooLarge, "a connection may have at most " +
                                          std::to_string(kMaxPerConnection) + " subscriptions");
  }
  if (caller.subscriptions().empty()) {
    std::erase_if(sessions_, [&session](const auto& known) {
      const auto one = known.lock();
      return one == nullptr || one == session;
    });
    sessions_.push_back(session);
  }
  std::string id = caller.MakeSubscriptionId();
  caller.subscriptions().emplace(id, event);
  session->awaits_events = true;
  return id;
}

void Subscriptions::Remove(Session& session, const std::string& id) {
  auto& subscriptions = CallerSession::Of(session).subscriptions();
  subscriptions.erase(id);
  session.awaits_events = !subscriptions.empty();
}

void Subscriptions::RemoveAll(Session& session) {
  CallerSession::Of(session).subscriptions().clear();
  session.awaits_events = false;
}

std::vector<std::shared_ptr<Session>> Subscriptions::Subscribers() {
  std::vector<std::shared_ptr<Session>> found;
  std::erase_if(sessions_, [&found](const auto& known) {
    auto session = known.lock();
    if (session == nullptr || session->notifier == nullptr) {
      return true;
    }
    if (HearsOfUsers(*session)) {
      found.push_back(std::move(session));
    }
    return false;
  });
  return found;
}

std::optional<Asker> Subscriptions::AskerFor(const Username& username) {
  std::optional<Asker> asker;
  for (const auto& session : Subscribers()) {
    CallerSession& caller = CallerSession::Of(*session);
    const auto& own = caller.entry();
    const bool hears = caller.caller().MaySeeAll() || (own && own->name == username.text());
    if (hears && (!asker || session->peer.uid < asker->uid)) {
      asker = Asker{session->peer.uid};
    }
  }
  return asker;
}

void Subscriptions::NoteChange(std::string_view name) {
  if (sessions_.empty() || changed_.contains(name)) {
    return;
  }
  const auto username = Username::Parse(name);
  if (!username) {
    return;
  }
  if (changed_.size() == kMaxChanges) {
    lost_changes_ = true;
    return;
  }
  changed_.emplace(username->text(), *username);
}

void Subscriptions::TellChanges(Services& services) {
  if (telling_ || changed_.empty()) {
    return;
  }
  if (std::exchange(lost_changes_, false)) {
    EndAll(Error(ErrorCode::kUnavailable, "too many users changed at once: subscribe again"));
  }
  std::optional<Asker> asker;
  Username username = changed_.begin()->second;
  while (!(asker = AskerFor(username))) {
    changed_.erase(changed_.begin());
    if (changed_.empty()) {
      return;
    }
    username = changed_.begin()->second;
  }
  changed_.erase(changed_.begin());
  telling_ = true;
  services.accounts.DescribeUser(*asker, username.text(),
                                 [this, &services, username](const Result<json>& described) {
                                   telling_ = false;
                                   if (described) {
                                     Tell(services, username, *described);
                                   } else if (described.error().code() != ErrorCode::kNoSuchUser) {
                                     // A user that the system does not know has no entry in
                                     // user.query.
                                     EndAll(described.error());
                                   }
                                   TellChanges(services);
                                 });
}

void Subscriptions::Tell(Services& services, const Username& username, const json& described) {
  const uid_t uid = described.at("uid").get<uid_t>();
  const auto device = services.store.ReadDevice({username, uid});
  if (!device) {
    EndAll(device.error());
    return;
  }
  for (const auto& session : Subscribers()) {
    if (!CallerSession::Of(*session).caller().MaySee(uid)) {
      continue;
    }
    if (!session->notifier->KeepsUp()) {
      EndUserSubscriptions(*session, SlowReader());
      continue;
    }
    session->notifier->Notify("collection_update",
                              {{"msg", "changed"},
                               {"collection", kUserEvent},
                               {"id", described.at("id")},
                               {"fields", MakeUserEntry(*session, described, *device)}});
  }
}

void Subscriptions::EndAll(const Error& error) {
  for (const auto& session : Subscribers()) {
    EndUserSubscriptions(*session, error);
  }
}

}  // namespace twofactor
