#include "helperd/twofactord/api/api.h"

#include <utility>

#include "helperd/twofactord/api/audit_reason.h"
#include "helperd/twofactord/api/gate.h"
#include "helperd/twofactord/api/method_contracts.h"

namespace twofactor {

Api::Api(Services& services, Auditor& auditor) : services_(services), auditor_(auditor) {
  services_.store.OnChange(
      [this](std::string_view username) { services_.subscriptions.NoteChange(username); });
}

void Api::Dispatch(const std::shared_ptr<Session>& session, const std::string& name,
                   nlohmann::json params, Reply reply) {
  const Method* method = FindMethod(name);
  if (method == nullptr) {
    // Not audited by name: it is the caller's text.
    reply(Fail(ErrorCode::kUnknownMethod, "no such method"));
    return;
  }
  auto call = std::make_shared<Call>(Call{services_, session, std::move(params), {}, {}});
  // Before any check, so that the audit line of a refused call names its target.
  call->target = NamedTarget(ContractOf(name).parameters, call->params);
  call->reply = [this, method, session, weak = std::weak_ptr<Call>(call),
                 reply = std::move(reply)](CallResult result) {
    --calls_under_way_;
    const auto answered = weak.lock();
    auditor_.Record({.uid = session->peer.uid,
                     .pid = session->peer.pid,
                     .method = method->name,
                     .target = answered ? answered->target : std::string(),
                     .error = result.value() ? nullptr : &result.value().error(),
                     .reason = answered ? answered->reason : std::string(),
                     .outcome = answered ? answered->outcome : std::string()});
    reply(std::move(result));
    // After the answer to the call that made the change.
    services_.subscriptions.TellChanges(services_);
  };
  call->record = [this, method, session](const std::string& target, const std::string& reason) {
    auditor_.Record({.uid = session->peer.uid,
                     .pid = session->peer.pid,
                     .method = method->name,
                     .target = target,
                     .error = nullptr,
                     .reason = reason});
  };
  ++calls_under_way_;
  Gate::Pass(*method, call);
}

}  // namespace twofactor
