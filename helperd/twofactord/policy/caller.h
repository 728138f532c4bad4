#ifndef TWOFACTOR_HELPERD_TWOFACTORD_POLICY_CALLER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_POLICY_CALLER_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/base/peer.h"
#include "helperd/twofactord/policy/access.h"

namespace twofactor {

// The roles that a uid and its groups give.
struct Roles {
  bool full_admin;      // uid 0, or in one of full_admin_groups.
  bool readonly_admin;  // In one of readonly_admin_groups.

  // As the API answers them.
  std::vector<std::string> Names() const;
};

// The process at the other end of a connection. Made by the session alone, from the credentials
// that the kernel recorded and the groups that the kernel and NSS know; nothing of it comes from a
// request.
class Caller {
 public:
  uid_t uid() const { return uid_; }
  const Roles& roles() const { return roles_; }
  bool Holds(Role role) const;

  // Whether the caller may read what concerns all users.
  bool MaySeeAll() const { return roles_.full_admin || roles_.readonly_admin; }
  // Whether the caller may learn that a user exists, and what its entry says.
  bool MaySee(uid_t user) const { return uid_ == user || MaySeeAll(); }
  // Whether the caller may see the password hashes of this uid. Only root sees root's: a
  // FULL_ADMIN who could guess root's password from them would hold more rights than the role.
  bool MaySeeHashes(uid_t user) const { return roles_.full_admin && (user != 0 || uid_ == 0); }

 private:
  friend class CallerSession;
  Caller(const PeerCredentials& peer, Roles roles) : uid_(peer.uid), roles_(roles) {}

  uid_t uid_;
  Roles roles_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_POLICY_CALLER_H_
