#include "helperd/twofactord/factor/permits.h"

#include <algorithm>

namespace twofactor {
namespace {

Error NeedsFullAdmin() { return Error(ErrorCode::kNotPermitted, "this needs the role FULL_ADMIN"); }

}  // namespace

std::vector<std::string> Caller::Roles() const {
  std::vector<std::string> roles;
  if (full_admin) {
    roles.emplace_back("FULL_ADMIN");
  }
  if (readonly_admin) {
    roles.emplace_back("READONLY_ADMIN");
  }
  return roles;
}

Result<RenewalPermit> PermitRenewal(const Caller& caller, const Account& target, FactorProof proof,
                                    bool require_second_factor) {
  if (caller.full_admin) {
    return RenewalPermit(target, true, caller.uid == target.uid);
  }
  if (caller.uid != target.uid) {
    return Fail(ErrorCode::kNotPermitted,
                "only your own secret can be renewed without the role FULL_ADMIN");
  }
  const bool may_replace = proof.verified_here || proof.waived || !require_second_factor;
  if (proof.configured && !may_replace) {
    return Fail(ErrorCode::kFactorRequired,
                "verify a current one-time password on this connection first"
                " (auth.login_ex_continue)");
  }
  return RenewalPermit(target, may_replace, true);
}

Result<AdministrationPermit> PermitAdministration(const Caller& caller) {
  return caller.full_admin ? Result<AdministrationPermit>(AdministrationPermit())
                           : Fail(NeedsFullAdmin());
}

Result<VerificationPermit> PermitVerification(const Caller& caller, const Account& target,
                                              const std::vector<uid_t>& trusted_uids) {
  const bool trusted =
      std::find(trusted_uids.begin(), trusted_uids.end(), caller.uid) != trusted_uids.end();
  if (caller.full_admin || trusted || caller.uid == target.uid) {
    return VerificationPermit(target, caller.uid == target.uid && caller.uid != 0);
  }
  return Fail(
      ErrorCode::kNotPermitted,
      "only your own codes can be verified; to verify those of others, this uid must stand in"
      " verify.trusted_uids of twofactord.conf");
}

Result<SettingsPermit> PermitSettings(const Caller& caller) {
  return caller.full_admin ? Result<SettingsPermit>(SettingsPermit()) : Fail(NeedsFullAdmin());
}

Result<BackupPermit> PermitBackup(const Caller& caller) {
  return caller.uid == 0 ? Result<BackupPermit>(BackupPermit())
                         : Fail(ErrorCode::kNotPermitted,
                                "only root may take everybody's secrets along, or bring them back");
}

Result<ClockPermit> PermitClock(const Caller& caller) {
  return caller.uid == 0 ? Result<ClockPermit>(ClockPermit())
                         : Fail(ErrorCode::kNotPermitted, "only root may accept the present time");
}

Result<RekeyPermit> PermitRekey(const Caller& caller) {
  return caller.uid == 0 ? Result<RekeyPermit>(RekeyPermit())
                         : Fail(ErrorCode::kNotPermitted, "only root may change the vault's key");
}

bool MaySeeUser(const Caller& caller, uid_t target) {
  return caller.uid == target || MaySeeAll(caller);
}

bool MaySeeAll(const Caller& caller) { return caller.full_admin || caller.readonly_admin; }

}  // namespace twofactor
