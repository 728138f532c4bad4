#include "helperd/twofactord/policy/policy.h"

#include <algorithm>

namespace twofactor {
namespace {

tl::unexpected<Error> Refuse(std::string reason) {
  return Fail(ErrorCode::kNotPermitted, std::move(reason));
}

tl::unexpected<Error> RefuseOthers() {
  return Refuse("this requires the role FULL_ADMIN for other users");
}

}  // namespace

Result<void> Policy::CheckRoles(Access access, const Caller& caller) {
  const auto& roles = RuleOf(access).roles;
  if (roles.empty() || std::any_of(roles.begin(), roles.end(),
                                   [&caller](Role role) { return caller.Holds(role); })) {
    return {};
  }
  return Refuse(access == Access::kRoot ? "only root (uid 0) may do this"
                                        : "this requires the role " + ListOf(roles));
}

Result<AdministrationPermit> Policy::Administration(const Caller& caller) {
  return CheckRoles(Access::kFullAdmin, caller).map([] { return AdministrationPermit(); });
}

Result<RootPermit> Policy::Root(const Caller& caller) {
  return CheckRoles(Access::kRoot, caller).map([] { return RootPermit(); });
}

Result<LoginPermit> Policy::Login(const Caller& caller, const Account& target) {
  return CheckRoles(Access::kRoot, caller).map([&] { return LoginPermit(target, caller.uid()); });
}

Result<LoginPermit> Policy::Login(const Caller& caller, const Account& target,
                                  const std::vector<uid_t>& trusted) {
  if (caller.uid() != 0 &&
      std::find(trusted.begin(), trusted.end(), caller.uid()) == trusted.end()) {
    return Refuse("only root and verify.trusted_uids of twofactord.conf may do this");
  }
  return LoginPermit(target, caller.uid());
}

Result<ViewPermit> Policy::View(const Caller& caller, const Account& target) {
  if (!caller.MaySee(target.uid)) {
    return Refuse("you may only name yourself");
  }
  return ViewPermit(target);
}

Result<VerificationPermit> Policy::Verification(const Caller& caller, const Account& target) {
  if (!caller.roles().full_admin && caller.uid() != target.uid) {
    return RefuseOthers();
  }
  return VerificationPermit(target, caller.uid());
}

Result<VerificationPermit> Policy::Verification(const Caller& caller, const Account& target,
                                                const std::vector<uid_t>& trusted) {
  const bool is_trusted = std::find(trusted.begin(), trusted.end(), caller.uid()) != trusted.end();
  if (is_trusted || Verification(caller, target)) {
    return VerificationPermit(target, caller.uid());
  }
  return Refuse("uid " + std::to_string(caller.uid()) +
                " may only verify its own codes; to let it verify other users' codes, add it to"
                " verify.trusted_uids in twofactord.conf");
}

Result<RenewalPermit> Policy::Renewal(const Caller& caller, const Account& target,
                                      FactorProof proof) {
  const bool own = caller.uid() == target.uid;
  if (caller.roles().full_admin) {
    return RenewalPermit(target, {.may_replace = true, .by_owner = own, .is_limited = false});
  }
  if (!own) {
    return RefuseOthers();
  }
  const bool may_replace = proof.verified_here || proof.waived || !proof.required;
  if (proof.configured && !may_replace) {
    return Fail(ErrorCode::kFactorRequired,
                "verify a current code on this connection first (auth.login_ex_continue)");
  }
  return RenewalPermit(target, {.may_replace = may_replace, .by_owner = true, .is_limited = true});
}

Result<RenewalPermit> Policy::FirstSecret(const Caller& caller,
                                          const std::optional<std::string>& own_name,
                                          const Account& target, bool configured) {
  const bool is_root = caller.uid() == 0;
  if (!is_root && (caller.uid() != target.uid || own_name != target.name.text())) {
    return Refuse("only root (uid 0) may enroll another user at a login");
  }
  if (configured) {
    return Fail(ErrorCode::kFactorRequired, "this user already has a second factor");
  }
  return RenewalPermit(target, {.may_replace = false, .by_owner = true, .is_limited = !is_root});
}

}  // namespace twofactor
