#include "helperd/twofactord/policy/access.h"

#include <algorithm>
#include <utility>

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

std::string ListOf(const std::vector<Role>& roles) {
  std::string list;
  for (const Role role : roles) {
    list.append(list.empty() ? "" : " or ").append(NameOf(role));
  }
  return list;
}

namespace {

constexpr bool kLookUp = true;

AccessRule Rule(Access access, std::string_view name, std::vector<Role> roles, bool looks_up_caller,
                std::string_view meaning) {
  return {access, name, std::move(roles), looks_up_caller, meaning};
}

}  // namespace

const std::vector<AccessRule>& AccessRules() {
  using enum Access;
  static const std::vector<AccessRule> kRules = {
      Rule(kAnybody, "anybody", {}, !kLookUp, "Anybody."),
      Rule(kIdentified, "identified", {}, kLookUp,
           "Anybody. The daemon looks the caller up first."),
      Rule(kOwnEntriesOrAdmins, "own entries or admins", {}, kLookUp,
           "Anybody. Administrators see every entry, others only their own."),
      Rule(kSelf, "self", {}, kLookUp, "Anybody, for their own account."),
      Rule(kSelfOrAdmins, "self or admins", {}, kLookUp,
           "Users for themselves; FULL_ADMIN and READONLY_ADMIN for anybody."),
      Rule(kSelfOrFullAdmin, "self or FULL_ADMIN", {}, kLookUp,
           "Users for themselves; FULL_ADMIN for anybody."),
      Rule(
          kProvenSelfOrFullAdmin, "self with a code or FULL_ADMIN", {}, kLookUp,
          "Users for themselves; FULL_ADMIN for anybody. Users who have a second factor must verify"
          " a code on this connection first."),
      Rule(
          kNewSecret, "self with a code or bypass or FULL_ADMIN", {}, kLookUp,
          "Users for themselves; FULL_ADMIN for anybody. Users who have a second factor must verify"
          " a code on this connection first, unless they have a bypass and `bypass.allow_renewal`"
          " is on in twofactord.conf(5)."),
      Rule(kVerify, "self, FULL_ADMIN or trusted application", {}, kLookUp,
           "Users for themselves; FULL_ADMIN and the uids in `verify.trusted_uids` of"
           " twofactord.conf(5) for anybody."),
      Rule(kApplication, "self, uid 0 or trusted application", {}, !kLookUp,
           "Applications for the user they run as; uid 0 and the uids in `verify.trusted_uids` of"
           " twofactord.conf(5) for anybody."),
      Rule(kEnrollment, "self or uid 0", {}, kLookUp,
           "Users for themselves; uid 0 for anybody. Only for users without a second factor."),
      Rule(kTrustedApplication, "uid 0 or trusted application", {}, !kLookUp,
           "uid 0, and the uids in `verify.trusted_uids` of twofactord.conf(5), for anybody."),
      Rule(kAdmins, "admins", {Role::kFullAdmin, Role::kReadonlyAdmin}, kLookUp,
           "FULL_ADMIN and READONLY_ADMIN."),
      Rule(kFullAdmin, "FULL_ADMIN", {Role::kFullAdmin}, kLookUp, "FULL_ADMIN."),
      Rule(kRoot, "uid 0", {Role::kUid0}, !kLookUp,
           "uid 0. `UID_0` is not a role that a group can give: only uid 0 holds it."),
  };
  return kRules;
}

const AccessRule& RuleOf(Access access) {
  const auto& rules = AccessRules();
  return *std::find_if(rules.begin(), rules.end(),
                       [access](const AccessRule& rule) { return rule.access == access; });
}

}  // namespace twofactor
