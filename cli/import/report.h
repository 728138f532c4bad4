#ifndef TWOFACTOR_CLI_IMPORT_REPORT_H_
#define TWOFACTOR_CLI_IMPORT_REPORT_H_

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/import/accounts.h"
#include "cli/import/imported_user.h"

namespace twofactor {

// What became of one user.
enum class Outcome {
  kNotSent,      // Not yet, or never.
  kImported,     // Everything of the user is in force.
  kWouldImport,  // It would be: a dry run.
  kExists,       // The user has a factor already; nothing was changed.
  kRefused,      // By us or by the daemon; nothing was changed.
  kUnknown,      // Sent, and no answer came.
};

struct ImportRow {
  ImportedUser user;
  std::optional<Account> account;  // None where the system knows no such user.
  Outcome outcome = Outcome::kNotSent;
  std::string reason;
};

using ImportRows = std::vector<ImportRow>;

struct ImportCounts {
  int imported = 0;  // Or would be.
  int exists = 0;
  int refused = 0;
  int unsent = 0;
  int unknown = 0;
};
ImportCounts CountsOf(const ImportRows& rows);

// A line for each user and one for all. What users.oath and the like hold is shown without its
// control characters. Pure.
std::string ReportOf(const ImportRows& rows, bool dry_run);

// "results" of the JSON: a list of objects with username, outcome, reason and notes.
nlohmann::json ResultsOf(const ImportRows& rows);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_REPORT_H_
