#ifndef TWOFACTOR_CLI_IMPORT_ACCOUNTS_H_
#define TWOFACTOR_CLI_IMPORT_ACCOUNTS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace twofactor {

// A user as the system knows it.
struct Account {
  std::string name;  // The canonical one, pw_name.
  uid_t uid;
  gid_t gid;
  std::string home;
};

// Users of this system, by NSS. Not synchronised: getpwent(3) is not.
class Accounts {
 public:
  // None where the system knows no such user, or the name cannot be one here. From many names on,
  // all users are read at once, as that takes a directory server one question and not thousands;
  // each answer is kept.
  std::optional<Account> Find(const std::string& name) const;

  // Everybody who is enumerated, in that order.
  static std::vector<Account> All();

 private:
  void ReadAll() const;

  mutable std::size_t asked_ = 0;
  mutable std::unordered_map<std::string, std::optional<Account>> known_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_ACCOUNTS_H_
