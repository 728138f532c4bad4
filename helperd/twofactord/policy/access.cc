#include "helperd/twofactord/policy/access.h"

#include <algorithm>

namespace twofactor {

std::string_view NameOf(Role role) {
  switch (role) {
    case Role::kFullAdmin:
      return "FULL_ADMIN";
    case Role::kReadonlyAdmin:
      return "READONLY_ADMIN";
    case Role::kUid0:
      return "UID_0";
  }
  return "";
}

const std::vector<AccessRule>& AccessRules() {
  using enum Access;
  static const std::vector<AccessRule> kRules = {
      {kAnybody, "anybody", {}, false, "Anybody."},
      {kIdentified, "identified", {}, true, "Anybody. The daemon looks the caller up first."},
      {kOwnEntriesOrAdmins,
       "own entries or admins",
       {},
       true,
       "Anybody. Administrators see every entry, others only their own."},
      {kSelf, "self", {}, true, "Anybody, for their own account."},
      {kSelfOrAdmins,
       "self or admins",
       {},
       true,
       "Users for themselves; FULL_ADMIN and READONLY_ADMIN for anybody."},
      {kSelfOrFullAdmin,
       "self or FULL_ADMIN",
       {},
       true,
       "Users for themselves; FULL_ADMIN for anybody."},
      {kProvenSelfOrFullAdmin,
       "self with a code or FULL_ADMIN",
       {},
       true,
       "Users for themselves, after they verified a code on this connection; FULL_ADMIN for"
       " anybody."},
      {kNewSecret,
       "self with a code or bypass or FULL_ADMIN",
       {},
       true,
       "Users for themselves; FULL_ADMIN for anybody. Users who have a second factor must verify a"
       " code on this connection first, unless they have a bypass and `bypass.allow_renewal` is on"
       " in twofactord.conf(5)."},
      {kVerify,
       "self, FULL_ADMIN or trusted application",
       {},
       true,
       "Users for themselves; FULL_ADMIN and the uids in `verify.trusted_uids` of"
       " twofactord.conf(5) for anybody."},
      {kApplication,
       "self, uid 0 or trusted application",
       {},
       false,
       "Applications for the user they run as; uid 0 and the uids in `verify.trusted_uids` of"
       " twofactord.conf(5) for anybody."},
      {kEnrollment,
       "self or uid 0",
       {},
       true,
       "Users for themselves; uid 0 for anybody. Only for users without a second factor."},
      {kAdmins,
       "admins",
       {Role::kFullAdmin, Role::kReadonlyAdmin},
       true,
       "FULL_ADMIN and READONLY_ADMIN."},
      {kFullAdmin, "FULL_ADMIN", {Role::kFullAdmin}, true, "FULL_ADMIN."},
      {kRoot,
       "uid 0",
       {Role::kUid0},
       false,
       "uid 0. `UID_0` is not a role that a group can give: only uid 0 holds it."},
  };
  return kRules;
}

const AccessRule& RuleOf(Access access) {
  const auto& rules = AccessRules();
  return *std::find_if(rules.begin(), rules.end(),
                       [access](const AccessRule& rule) { return rule.access == access; });
}

}  // namespace twofactor
