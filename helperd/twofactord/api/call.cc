#include "helperd/twofactord/api/call.h"

#include <utility>

namespace twofactor {
namespace {

void ContinueWith(const CallPtr& call, const PasswdEntry& entry,
                  const std::function<void(Account)>& next) {
  auto name = Username::Parse(entry.name);
  if (!name) {
    call->Refuse(Error(ErrorCode::kTooLarge, "this user's name " + name.error().message()));
    return;
  }
  call->target = entry.name;
  next(Account{std::move(*name), entry.uid});
}

}  // namespace

void FindAccount(const CallPtr& call, const std::string& name, std::function<void(Account)> next,
                 Names names) {
  const auto& own = call->caller_session().entry();
  if (own && own->name == name) {
    ContinueWith(call, *own, next);
    return;
  }
  call->services.accounts.FindUser(
      call->asker(), name, [call, names, next = std::move(next)](const Result<PasswdEntry>& entry) {
        const bool is_others = entry ? entry->uid != call->session->peer.uid
                                     : entry.error().code() == ErrorCode::kNoSuchUser;
        if (names == Names::kOwn && is_others) {
          call->Refuse(Error(ErrorCode::kNotPermitted, "you may only name yourself"));
        } else if (!entry) {
          call->Refuse(entry.error());
        } else {
          ContinueWith(call, *entry, next);
        }
      });
}

nlohmann::json TwofactorConfig(const std::optional<DeviceState>& device) {
  const OtpParameters parameters = device ? device->parameters : OtpParameters{};
  return {{"provisioning_uri", nullptr},
          {"secret_configured", device.has_value()},
          {"interval", parameters.interval.count()},
          {"otp_digits", parameters.digits}};
}

Result<void> TakeFromLimit(Services& services, const RenewalPermit& permit) {
  if (!permit.is_limited()) {
    return {};
  }
  const auto wait = services.renewals.Take(permit.target().uid, services.clock.Boot());
  if (wait.count() > 0) {
    return Fail(ErrorCode::kRateLimited, "too many new secrets for this user: try again in " +
                                             std::to_string(wait.count()) + " seconds");
  }
  return {};
}

}  // namespace twofactor
