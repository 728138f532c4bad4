#ifndef TWOFACTOR_HELPERD_MESSAGES_USER_CHECKS_H_
#define TWOFACTOR_HELPERD_MESSAGES_USER_CHECKS_H_

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

// Whether a user is still the same. A part of accounts_messages.h, which catches the errors.
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
    kRenamed,     // The name does not exist, and the uid belongs to `name` now.
    kGone,        // Neither exists.
    kUnanswered,  // A source did not answer, see `reason`: unknown.
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

// Throw nlohmann::json::exception or std::out_of_range if the value is not exactly in this form.
std::vector<UserToCheck> UsersToCheckFrom(const nlohmann::json& value);
std::vector<UserCheck> UserChecksFrom(const nlohmann::json& value);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_USER_CHECKS_H_
