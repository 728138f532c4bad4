#ifndef TWOFACTOR_HELPERD_MESSAGES_USER_CHECKS_H_
#define TWOFACTOR_HELPERD_MESSAGES_USER_CHECKS_H_

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

// Is somebody still who he was? A part of accounts_messages.h, where the errors are caught.
namespace twofactor {

// A name, and the uid that it had.
struct UserToCheck {
  std::string name;
  uid_t uid = 0;

  friend bool operator==(const UserToCheck&, const UserToCheck&) = default;
};

struct UserCheck {
  enum class State {
    kKnown,       // The name has this uid.
    kOtherUid,    // The name has `uid` now.
    kRenamed,     // There is no such name, and the uid is that of `name` now.
    kGone,        // There is neither.
    kUnanswered,  // A source did not answer, as `reason` says: nothing is known.
  };

  State state = State::kUnanswered;
  std::string name = {};
  uid_t uid = 0;
  std::string reason = {};

  friend bool operator==(const UserCheck&, const UserCheck&) = default;
};

// "known", "other_uid", "renamed", "gone", "unanswered".
const char* NameOf(UserCheck::State state);

nlohmann::json ToJson(const std::vector<UserToCheck>& users);
nlohmann::json ToJson(const std::vector<UserCheck>& checks);

// Throw nlohmann::json::exception or std::out_of_range where the value is not exactly so.
std::vector<UserToCheck> UsersToCheckFrom(const nlohmann::json& value);
std::vector<UserCheck> UserChecksFrom(const nlohmann::json& value);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_USER_CHECKS_H_
