#ifndef TWOFACTOR_CLI_IMPORT_REPORT_H_
#define TWOFACTOR_CLI_IMPORT_REPORT_H_

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
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
// "not_sent", "imported" and so on, as the daemon and "results" call them; none for another word.
std::optional<Outcome> OutcomeNamed(std::string_view name);

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

// Notes or refusals as one.
std::string Joined(const std::vector<std::string>& remarks);

// A line for each user, then one for each device that logs somebody in, and one for all. What
// users.oath and the like hold is shown without its control characters. Pure.
std::string ReportOf(const ImportRows& rows, bool dry_run);

// "results" of the JSON: a list of objects with username, outcome, reason, notes and devices
// (label, source, type, otp_digits, interval and algorithm of each).
nlohmann::json ResultsOf(const ImportRows& rows);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_REPORT_H_
