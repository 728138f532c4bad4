#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_CALL_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_CALL_H_

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "common/base/clock.h"
#include "helperd/twofactord/api/accounts_source.h"
#include "helperd/twofactord/api/caller_session.h"
#include "helperd/twofactord/api/subscriptions.h"
#include "helperd/twofactord/backup/work_thread.h"
#include "helperd/twofactord/config/config.h"
#include "helperd/twofactord/factor/factor_store.h"
#include "helperd/twofactord/factor/grace.h"
#include "helperd/twofactord/factor/rate_limit.h"

namespace twofactor {

// What the methods work with. Outlives every call.
struct Services {
  FactorStore& store;
  AccountsSource& accounts;
  const Clock& clock;
  Config config;  // Replaced by a reload, between calls.
  RateLimit<uid_t> renewals;
  std::string key_source;  // For core.health: "credential" or "file".
  WorkThread& work;
  Grace grace = {};
  Subscriptions subscriptions = {};
};

// One call. Its handler gets it from the gate, so the parameters fit the method's schema and the
// caller may call it.
struct Call {
  Services& services;
  std::shared_ptr<Session> session;
  nlohmann::json params;
  Reply reply;
  // The user that the call is about, for the audit line.
  std::string target;
  // What else the audit line says, such as why; nothing secret.
  std::string reason = {};
  // What came of a code, if the call itself does not fail (audit_reason.h); empty for most.
  std::string outcome = {};
  // Writes a separate audit line for one of the many users that the call changes, with the reason.
  std::function<void(const std::string& target, const std::string& reason)> record = {};

  CallerSession& caller_session() { return CallerSession::Of(*session); }
  // Of a call whose access looks the caller up; throws for another.
  const Caller& caller() { return caller_session().caller(); }
  Asker asker() const { return {session->peer.uid}; }
  void Answer(nlohmann::json result) { reply(std::move(result)); }
  // With the text that the transports are to write.
  void Answer(nlohmann::json result, std::shared_ptr<const std::string> text) {
    reply(CallResult(std::move(result), std::move(text)));
  }
  void Refuse(Error error) { reply(Fail(std::move(error))); }
};
using CallPtr = std::shared_ptr<Call>;

// A value as it is; null for none.
struct AsJson {
  nlohmann::json operator()() const { return nullptr; }
  template <typename T>
  nlohmann::json operator()(const T& value) const {
    return value;
  }
};

// The last step of a handler: a callback that answers the call with what `describe` makes of the
// value that it gets, or refuses the call with the error.
template <typename Describe = AsJson>
auto AnswerWith(const CallPtr& call, Describe describe = {}) {
  return [call, describe](const auto& result) { call->reply(result.map(describe)); };
}

// Which accounts a caller may find by name.
enum class Names { kAll, kOwn };

// Finds the account that a request names. With kOwn, any name but the caller's gives kNotPermitted,
// whether it exists or not. On failure the call is answered and `next` not called.
void FindAccount(const CallPtr& call, const std::string& name, std::function<void(Account)> next,
                 Names names = Names::kAll);

// Counts a new secret against its target's limit, if the permit is limited. Fails with
// kRateLimited, with the wait in the message.
Result<void> TakeFromLimit(Services& services, const RenewalPermit& permit);

// What `twofactor_config` says of a device; `provisioning_uri` is null.
nlohmann::json TwofactorConfig(const std::optional<DeviceState>& device);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_CALL_H_
