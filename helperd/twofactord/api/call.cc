#include "helperd/twofactord/api/call.h"

#include <algorithm>
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

// `sees_all`: the caller may learn of any name whether it exists.
void Resolve(const CallPtr& call, const std::string& name, bool sees_all,
             std::function<void(Account)> next) {
  const auto& own = call->caller_session().entry();
  if (own && own->name == name) {
    ContinueWith(call, *own, next);
    return;
  }
  call->services.accounts.FindUser(
      call->asker(), name,
      [call, sees_all, next = std::move(next)](const Result<PasswdEntry>& entry) {
        const bool hidden = !sees_all && (entry ? !MaySeeUser(call->caller(), entry->uid)
                                                : entry.error().code() == ErrorCode::kNoSuchUser);
        if (hidden) {
          call->Refuse(Error(ErrorCode::kNotPermitted, "you may name yourself only"));
        } else if (!entry) {
          call->Refuse(entry.error());
        } else {
          ContinueWith(call, *entry, next);
        }
      });
}

}  // namespace

void ResolveAccount(const CallPtr& call, const std::string& name,
                    std::function<void(Account)> next) {
  Resolve(call, name, MaySeeAll(call->caller()), std::move(next));
}

void ResolveAccountToVerify(const CallPtr& call, const std::string& name,
                            std::function<void(Account)> next) {
  const auto& trusted = call->services.config.verify.trusted_uids;
  const bool is_trusted =
      std::find(trusted.begin(), trusted.end(), call->caller().uid) != trusted.end();
  Resolve(call, name, is_trusted || MaySeeAll(call->caller()), std::move(next));
}

namespace {

Result<RenewalPermit> Permit(Call& call, const Account& target, bool waived) {
  const auto device = call.services.store.ReadDevice(target);
  const auto proved = call.services.store.HoldsGeneration(
      target, call.caller_session().proved_generation().value_or(0));
  if (!device || !proved) {
    return Fail(device ? proved.error() : device.error());
  }
  const bool own = target.uid == call.caller().uid;
  const FactorProof proof{
      .configured = device->has_value(), .verified_here = own && *proved, .waived = own && waived};
  return PermitRenewal(call.caller(), target, proof,
                       call.services.config.renewal.require_second_factor);
}

}  // namespace

Result<RenewalPermit> PermitChange(Call& call, const Account& target) {
  return Permit(call, target, /*waived=*/false);
}

Result<RenewalPermit> PermitNewSecret(Call& call, const Account& target) {
  const bool waived = call.services.config.bypass.allow_renewal &&
                      call.services.store.FindBypass(target).has_value();
  return Permit(call, target, waived);
}

nlohmann::json TwofactorConfig(const std::optional<DeviceState>& device) {
  const OtpParameters parameters = device ? device->parameters : OtpParameters{};
  return {{"provisioning_uri", nullptr},
          {"secret_configured", device.has_value()},
          {"interval", parameters.interval.count()},
          {"otp_digits", parameters.digits}};
}

Result<void> TakeFromLimit(Services& services, bool full_admin, const Account& target) {
  if (full_admin) {
    return {};
  }
  const auto wait = services.renewals.Take(target.uid, services.clock.Boot());
  if (wait.count() > 0) {
    return Fail(ErrorCode::kRateLimited, "too many renewals of this user's secret: try again in " +
                                             std::to_string(wait.count()) + " seconds");
  }
  return {};
}

}  // namespace twofactor
