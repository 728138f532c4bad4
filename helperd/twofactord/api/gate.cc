#include "helperd/twofactord/api/gate.h"

#include <algorithm>
#include <utility>

#include "helperd/twofactord/api/audit_reason.h"
#include "helperd/twofactord/api/method_contracts.h"

namespace twofactor {
namespace {

// Must a directory say first who the caller is? A login that root enrolls at waits for none.
bool LooksUpCaller(const Method& method, const Call& call) {
  return RuleOf(method.access).looks_up_caller &&
         !(method.access == Access::kEnrollment && call.session->peer.uid == 0);
}

template <typename Permit>
void Hand(const Method& method, const CallPtr& call, const Result<Permit>& permit) {
  if (!permit) {
    call->Refuse(permit.error());
    return;
  }
  std::get<Handler<Permit>>(method.handler)(call, *permit);
}

Result<Account> NamedAccount(Call& call) {
  auto name = Username::Parse(call.params[0].get_ref<const std::string&>());
  if (!name) {
    return Fail(Error::InvalidParams({{"username", name.error().message(), 22}}));
  }
  call.target = name->text();
  return Account{std::move(*name), call.params[1].get<uid_t>()};
}

// Trusted applications name every user; others who may not see all users only themselves.
Names NamesFor(const Method& method, Call& call) {
  const auto& trusted = call.services.config.verify.trusted_uids;
  const bool is_trusted =
      method.access == Access::kVerify &&
      std::find(trusted.begin(), trusted.end(), call.session->peer.uid) != trusted.end();
  return is_trusted || call.caller().MaySeeAll() ? Names::kAll : Names::kOwn;
}

}  // namespace

void Gate::Pass(const Method& method, const CallPtr& call) {
  if (!LooksUpCaller(method, *call)) {
    Admit(method, call, CallerSession::KernelsWordOn(*call->session));
    return;
  }
  const auto& roles = call->services.config.roles;
  CallerSession::Identify(call->session, call->services.accounts,
                          {roles.full_admin_groups, roles.readonly_admin_groups},
                          [&method, call](const Result<void>& identified) {
                            if (!identified) {
                              call->Refuse(identified.error());
                              return;
                            }
                            Admit(method, call, call->caller());
                          });
}

void Gate::Admit(const Method& method, const CallPtr& call, const Caller& caller) {
  const Parameters& parameters = ContractOf(method.name).parameters;
  const auto checked = Policy::CheckRoles(method.access, caller).and_then([&] {
    return CheckParams(parameters, call->params);
  });
  if (!checked) {
    call->Refuse(checked.error());
    return;
  }
  // The audit line of a refused call says what it asked for, too.
  call->reason = NamedOptions(parameters, call->params);
  using enum Access;
  switch (method.access) {
    case kAnybody:
    case kIdentified:
    case kOwnEntriesOrAdmins:
    case kAdmins:
      std::get<Handler<>>(method.handler)(call);
      return;
    case kSelf:
      Hand(method, call, Own(*call));
      return;
    case kFullAdmin:
      Hand(method, call, Policy::Administration(caller));
      return;
    case kRoot:
      if (std::holds_alternative<Handler<RootPermit>>(method.handler)) {
        Hand(method, call, Policy::Root(caller));
        return;
      }
      [[fallthrough]];
    case kApplication:
    case kEnrollment:
    case kTrustedApplication:
      AdmitNamed(method, call, caller);
      return;
    case kSelfOrAdmins:
    case kSelfOrFullAdmin:
    case kProvenSelfOrFullAdmin:
    case kNewSecret:
    case kVerify:
      FindAccount(
          call, call->params[0].get<std::string>(),
          [&method, call](const Account& target) { AdmitFor(target, method, call); },
          NamesFor(method, *call));
  }
}

void Gate::AdmitFor(const Account& target, const Method& method, const CallPtr& call) {
  using enum Access;
  const Caller& caller = call->caller();
  switch (method.access) {
    case kSelfOrAdmins:
      Hand(method, call, Policy::View(caller, target));
      return;
    case kSelfOrFullAdmin:
      Hand(method, call, Policy::Verification(caller, target));
      return;
    case kVerify:
      Hand(method, call,
           Policy::Verification(caller, target, call->services.config.verify.trusted_uids));
      return;
    default:
      Hand(method, call, Renewal(method.access, *call, target));
  }
}

void Gate::AdmitNamed(const Method& method, const CallPtr& call, const Caller& caller) {
  const auto target = NamedAccount(*call);
  if (!target) {
    call->Refuse(target.error());
  } else if (method.access == Access::kRoot) {
    Hand(method, call, Policy::Login(caller, *target));
  } else if (method.access == Access::kTrustedApplication) {
    Hand(method, call, Policy::Login(caller, *target, call->services.config.verify.trusted_uids));
  } else if (method.access == Access::kEnrollment) {
    Hand(method, call, FirstSecret(*call, caller, *target));
  } else {
    Hand(method, call,
         Policy::Verification(caller, *target, call->services.config.verify.trusted_uids));
  }
}

Result<OwnPermit> Gate::Own(Call& call) {
  const auto own = call.caller_session().own_account();
  if (!own) {
    return OwnPermit();
  }
  return Policy::Verification(call.caller(), *own).map([](const VerificationPermit& permit) {
    return OwnPermit(permit);
  });
}

Result<RenewalPermit> Gate::Renewal(Access access, Call& call, const Account& target) {
  const FactorStore& store = call.services.store;
  const Config& config = call.services.config;
  const auto device = store.ReadDevice(target);
  const auto proved =
      store.HoldsGeneration(target, call.caller_session().proved_generation().value_or(0));
  if (!device || !proved) {
    return Fail(device ? proved.error() : device.error());
  }
  const bool own = target.uid == call.caller().uid();
  return Policy::Renewal(
      call.caller(), target,
      {.configured = device->has_value(),
       .verified_here = own && *proved,
       .waived = own && access == Access::kNewSecret && config.bypass.allow_renewal &&
                 store.FindBypass(target).has_value(),
       .required = config.renewal.require_second_factor});
}

Result<RenewalPermit> Gate::PassAgain(Call& call, const RenewalPermit& permit) {
  return Renewal(Access::kNewSecret, call, permit.target());
}

Result<RenewalPermit> Gate::FirstSecret(Call& call, const Caller& caller, const Account& target) {
  const auto& entry = call.caller_session().entry();
  const auto own_name = entry ? std::optional(entry->name) : std::nullopt;
  return call.services.store.ReadDevice(target).and_then(
      [&](const std::optional<DeviceState>& device) {
        return Policy::FirstSecret(caller, own_name, target, device.has_value());
      });
}

}  // namespace twofactor
