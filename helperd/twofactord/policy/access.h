#ifndef TWOFACTOR_HELPERD_TWOFACTORD_POLICY_ACCESS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_POLICY_ACCESS_H_

#include <string>
#include <string_view>
#include <vector>

namespace twofactor {

// Who may call a method: the whole rule. The gate (api/gate.h) finds the account that a rule is
// about, and makes the permit that the rule gives.
enum class Access {
  kAnybody,
  kIdentified,
  kOwnEntriesOrAdmins,
  kSelf,
  kSelfOrAdmins,
  kSelfOrFullAdmin,
  kProvenSelfOrFullAdmin,
  kNewSecret,
  kVerify,
  kApplication,
  kEnrollment,
  kTrustedApplication,
  kAdmins,
  kFullAdmin,
  kRoot,
};

enum class Role { kFullAdmin, kReadonlyAdmin, kUid0 };

// "FULL_ADMIN", "READONLY_ADMIN", and "UID_0", which no group gives: only uid 0 holds it.
std::string_view NameOf(Role role);
// "FULL_ADMIN or READONLY_ADMIN".
std::string ListOf(const std::vector<Role>& roles);

struct AccessRule {
  Access access;
  // As core.get_methods and twofactor-api(7) write it.
  std::string_view name;
  // The caller must hold one of these; empty if no role is needed.
  std::vector<Role> roles;
  // False if the kernel's word on the peer is enough, so that no directory is asked.
  bool looks_up_caller;
  // The rule in words, for docs/api.
  std::string_view meaning;
};

// Every rule. Thread-safe.
const std::vector<AccessRule>& AccessRules();
const AccessRule& RuleOf(Access access);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_POLICY_ACCESS_H_
