#ifndef TWOFACTOR_CLI_IMPORT_USER_LIST_H_
#define TWOFACTOR_CLI_IMPORT_USER_LIST_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cli/import/imported_user.h"

namespace twofactor {

// The users of a file, in the order in which it first names them; one of them may have several
// entries. Not synchronised.
class UserList {
 public:
  // The user of that name, valid until the next call.
  ImportedUser& Of(std::string_view name);

  // The whole of it. Devices of a user that are the same become one, with a note. A user with
  // devices that make different codes of one secret is refused, and so is one with more devices
  // than there may be, or with nothing at all. Devices that have no label, or the same as one
  // before, get a number.
  ImportedUsers Finish() &&;

 private:
  ImportedUsers users_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_USER_LIST_H_
