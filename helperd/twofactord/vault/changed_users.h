#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_CHANGED_USERS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_CHANGED_USERS_H_

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "common/base/result.h"
#include "helperd/twofactord/vault/database.h"

namespace twofactor {

// The users whose second factor was changed: their devices, recovery codes or bypass. The database
// itself notes them (temporary triggers, which are in no file), so a new kind of change cannot
// forget to. A use is no change: the next counter, a recovery code that is consumed, a clock skew
// that is learned; nor is a secret that is sealed with another key.
//
// One thread at a time. A change that is rolled back stays noted.
class ChangedUsers {
 public:
  // Fails with kUnavailable or kCorrupt.
  static Result<ChangedUsers> Watch(Database& database);

  // Those since the last call.
  std::set<std::string> Take() { return std::exchange(*names_, {}); }

 private:
  using Names = std::set<std::string>;
  explicit ChangedUsers(std::shared_ptr<Names> names) : names_(std::move(names)) {}

  std::shared_ptr<Names> names_;  // The database's function has it, too.
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_CHANGED_USERS_H_
