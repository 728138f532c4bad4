#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_GRACE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_GRACE_H_

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <string>

#include "common/base/clock.h"
#include "common/livestore/verifier.h"
#include "helperd/twofactord/factor/factor_watch.h"
#include "helperd/twofactord/policy/permits.h"

namespace twofactor {

// From where users logged in with a code lately: what the module's option grace_period asks. In
// memory only, so a restart forgets it. Not synchronised.
class Grace {
 public:
  static constexpr std::size_t kMaxPlacesAUser = 10;
  static constexpr std::size_t kMaxUsers = 4096;

  // Notes that the permit's target logged in from `place` with a code. Of more places than there is
  // room for, and of more users, the oldest are forgotten; so is what was noted of another uid, or
  // of the second factor before it changed.
  void Note(const LoginPermit& permit, const UnchangedFactor& factor, const std::string& place,
            BootTime now);
  // Was such a login noted at most `period` ago, of this very uid, and has nothing of its factor
  // changed since?
  bool Covers(const Account& account, const std::string& place, std::chrono::seconds period,
              BootTime now) const;
  void Forget(const Account& account);

 private:
  struct Place {
    std::string name;
    BootTime at;
  };
  struct User {
    uid_t uid;
    UnchangedFactor factor;
    std::list<Place> places;  // The latest first.
  };

  User& UserOf(const Account& account, const UnchangedFactor& factor);
  void DropOldestUser();

  std::map<std::string, User> users_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_GRACE_H_
