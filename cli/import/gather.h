#ifndef TWOFACTOR_CLI_IMPORT_GATHER_H_
#define TWOFACTOR_CLI_IMPORT_GATHER_H_

#include <string>
#include <string_view>
#include <vector>

#include "cli/import/accounts.h"
#include "cli/import/format.h"
#include "cli/import/report.h"
#include "common/base/result.h"

namespace twofactor {

// The rows of an import, before anything is sent: who is refused has its reason already, and of
// everybody else the system's account is known.

// Looks the users of a file up. Who is unknown to the system is refused, and so are two names in
// the file that are one user to the system.
ImportRows RowsOf(ImportedUsers users, const Accounts& accounts);

// Reads a file of each of `names`, or of everybody whom the system enumerates and of `others`, as
// directories seldom enumerate: those who have none are left out there, and refused where they were
// named. A name that cannot be used here refuses its user alone. `pattern` is as PathFor has it.
// The caller is root.
//
// Fails with kInvalidParams where `pattern` is wrong.
Result<ImportRows> RowsOfHomes(const std::vector<std::string>& names, const std::string& pattern,
                               const ImportContext& context,
                               const std::vector<std::string>& others = {});

// The names of users in a text: one a line, or lines of getent(1): a group's members, a user's
// name. Pure.
std::vector<std::string> NamesIn(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_GATHER_H_
