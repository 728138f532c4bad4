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

// What the methods work with. It outlives every call.
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

// One call of a method whose parameters have the method's shape and whose caller is known.
struct Call {
  Services& services;
  std::shared_ptr<Session> session;
  nlohmann::json params;
  Reply reply;
  // Whom the call is about, for the audit line.
  std::string target;
  // What the audit line says beside, such as why; nothing secret.
  std::string reason = {};
  // What came of a code, where the call itself does not fail (audit_reason.h); empty for most.
  std::string outcome = {};
  // Writes an audit line of its own for one of the many users that the call changes, with why.
  std::function<void(const std::string& target, const std::string& reason)> record = {};

  CallerSession& caller_session() { return CallerSession::Of(*session); }
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

// Finds the account that a request names. For a caller who may not see all users, a name that is
// not its own gives kNotPermitted, whether it exists or not. On failure the call is answered and
// `next` not called.
void ResolveAccount(const CallPtr& call, const std::string& name,
                    std::function<void(Account)> next);
// The same for a method that the configuration's trusted uids may call for everybody.
void ResolveAccountToVerify(const CallPtr& call, const std::string& name,
                            std::function<void(Account)> next);

// Counts a new secret of the target's against its limit, unless a FULL_ADMIN asks for it. Fails
// with kRateLimited, in words that say for how long.
Result<void> TakeFromLimit(Services& services, bool full_admin, const Account& target);

// What the caller may do to the target's factor, with what was proven on this connection. Fails as
// PermitRenewal does.
Result<RenewalPermit> PermitChange(Call& call, const Account& target);
// The same for a new secret, which a bypass lets its user have without a proof.
Result<RenewalPermit> PermitNewSecret(Call& call, const Account& target);

// What `twofactor_config` says of a device; `provisioning_uri` is null.
nlohmann::json TwofactorConfig(const std::optional<DeviceState>& device);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_CALL_H_
