#include "cli/import/report.h"

#include <nlohmann/json.hpp>

#include "cli/import/plain_text.h"
#include "cli/translate.h"
#include "common/base/username.h"

namespace twofactor {

using nlohmann::json;

namespace {

const char* WordFor(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNotSent:
      return "not_sent";
    case Outcome::kImported:
      return "imported";
    case Outcome::kWouldImport:
      return "would_import";
    case Outcome::kExists:
      return "exists";
    case Outcome::kRefused:
      return "refused";
    case Outcome::kUnknown:
      return "unknown";
  }
  return "";
}

const char* PhraseFor(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNotSent:
      return Marked("not sent");
    case Outcome::kImported:
      return Marked("imported");
    case Outcome::kWouldImport:
      return Marked("would be imported");
    case Outcome::kExists:
      return Marked("has a second factor already, left as it is");
    case Outcome::kRefused:
      return Marked("refused");
    case Outcome::kUnknown:
      return Marked("no answer came; run the import again");
  }
  return "";
}

std::string NameOf(const ImportRow& row) {
  return PlainText(row.account ? row.account->name : row.user.name, Username::kMaxBytes);
}

std::string LineOf(const ImportRow& row) {
  const std::string phrase = Say(PhraseFor(row.outcome));
  std::string line = row.reason.empty() ? Say("%1: %2", NameOf(row), phrase)
                                        : Say("%1: %2: %3", NameOf(row), phrase, row.reason);
  if (!row.user.notes.empty()) {
    std::string notes;
    for (const std::string& note : row.user.notes) {
      notes += (notes.empty() ? "" : "; ") + note;
    }
    line += Say(" (%1)", notes);
  }
  return line + "\n";
}

}  // namespace

ImportCounts CountsOf(const ImportRows& rows) {
  ImportCounts counts;
  for (const ImportRow& row : rows) {
    switch (row.outcome) {
      case Outcome::kImported:
      case Outcome::kWouldImport:
        ++counts.imported;
        break;
      case Outcome::kExists:
        ++counts.exists;
        break;
      case Outcome::kRefused:
        ++counts.refused;
        break;
      case Outcome::kNotSent:
        ++counts.unsent;
        break;
      case Outcome::kUnknown:
        ++counts.unknown;
        break;
    }
  }
  return counts;
}

std::string ReportOf(const ImportRows& rows, bool dry_run) {
  std::string report;
  for (const ImportRow& row : rows) {
    report += LineOf(row);
  }
  const ImportCounts counts = CountsOf(rows);
  report += dry_run ? Say("%1 would be imported, %2 there already, %3 refused", counts.imported,
                          counts.exists, counts.refused)
                    : Say("%1 imported, %2 there already, %3 refused", counts.imported,
                          counts.exists, counts.refused);
  if (counts.unsent + counts.unknown > 0) {
    report += Say(", %1 open", counts.unsent + counts.unknown);
  }
  return report + Say(".\n");
}

json ResultsOf(const ImportRows& rows) {
  json results = json::array();
  for (const ImportRow& row : rows) {
    results.push_back({{"username", NameOf(row)},
                       {"outcome", WordFor(row.outcome)},
                       {"reason", row.reason},
                       {"notes", row.user.notes}});
  }
  return results;
}

}  // namespace twofactor
