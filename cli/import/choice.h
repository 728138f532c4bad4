#ifndef TWOFACTOR_CLI_IMPORT_CHOICE_H_
#define TWOFACTOR_CLI_IMPORT_CHOICE_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace twofactor {

// What an entry of a file is called there.
struct EntryNames {
  std::string issuer;
  std::string account;  // As the file has it: an app's label, a user's name.
  std::string serial;   // Of a hardware token.
  std::string id;       // Of its key.
};

// Which entries of a file are taken, and whose they become. Patterns are those of glob(7) without
// regard to case; empty ones take everything.
struct Choice {
  std::string only;  // The issuer, the account, "issuer:account", the serial number or the ID.
  std::string issuer;
  std::string label;                                      // The account.
  std::string serial;                                     // The serial number or the ID, exactly.
  std::optional<std::map<std::string, std::string>> map;  // Serial or account to user.

  bool Takes(const EntryNames& names) const;
  // The key of `map` that this entry is under, none where it has none.
  std::optional<std::string> KeyOf(const EntryNames& names) const;
};

// The map of a CSV file: a serial number or an account, and a user, a line. Empty lines, those that
// begin with '#' and a heading "...,user" do not count. Fails with kInvalidParams, naming the line.
// Pure.
Result<std::map<std::string, std::string>> ParseUserMap(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_CHOICE_H_
