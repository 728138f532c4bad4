#ifndef TWOFACTOR_CLI_IMPORT_USER_LIST_H_
#define TWOFACTOR_CLI_IMPORT_USER_LIST_H_

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cli/import/imported_user.h"
#include "common/base/result.h"

namespace twofactor {

// The users of a file, in the order in which it first names them; one of them may have several
// entries. Whose an entry is, is --user's, else the map's, else what the file says. `context` must
// outlive it. Not synchronized.
class UserList {
 public:
  explicit UserList(const ImportContext& context) : context_(context) {}

  // Takes an entry, unless the context's choice leaves it out.
  void Add(ImportedEntry entry);

  // An app's entry: its issuer is the one given, else what stands before the first ':' of the
  // account, and its user is the one whom the account names.
  ImportedEntry EntryOfApp(std::string place, std::string issuer, std::string account) const;

  // The whole of it. Devices of a user that are the same become one, with a note. A user with
  // devices that make different codes of one secret is refused, and so is one with more devices
  // than there may be, or with nothing at all, and one whom the map gives something that is not in
  // the file. Devices that have no label, or the same as one before, get a number. Fails with
  // kInvalidParams where nothing of the file was chosen, or nothing is in it.
  Result<ImportedUsers> Finish() &&;

 private:
  ImportedUser& Of(const std::string& name);

  const ImportContext& context_;
  ImportedUsers users_;
  std::unordered_map<std::string, std::size_t> places_;
  std::set<std::string> used_keys_;
  bool any_ = false;
};

// Takes what a reader made of an app's entry: it is labelled with its issuer.
void TakeAppDevice(ImportedEntry& entry, Result<ImportedDevice> device);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_USER_LIST_H_
