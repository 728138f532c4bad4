#include "cli/import/report.h"

#include <array>
#include <nlohmann/json.hpp>

#include "cli/import/plain_text.h"
#include "cli/translate.h"
#include "common/base/username.h"

namespace twofactor {

using nlohmann::json;

namespace {

struct OutcomeSaying {
  const char* name;    // In JSON.
  const char* phrase;  // For people.
};

// In the order of the enumerators.
constexpr std::array kSayings = {
    OutcomeSaying{"not_sent", Marked("not sent")},
    OutcomeSaying{"imported", Marked("imported")},
    OutcomeSaying{"would_import", Marked("would be imported")},
    OutcomeSaying{"exists", Marked("has a second factor already, left as it is")},
    OutcomeSaying{"refused", Marked("refused")},
    OutcomeSaying{"unknown", Marked("no answer came; run the import again")},
};

const OutcomeSaying& SayingFor(Outcome outcome) {
  return kSayings.at(static_cast<std::size_t>(outcome));
}

std::string NameOf(const ImportRow& row) {
  return PlainText(row.account ? row.account->name : row.user.name, Username::kMaxBytes);
}

std::string LineOf(const ImportRow& row) {
  const std::string phrase = Say(SayingFor(row.outcome).phrase);
  std::string line = row.reason.empty() ? Say("%1: %2", NameOf(row), phrase)
                                        : Say("%1: %2: %3", NameOf(row), phrase, row.reason);
  if (!row.user.notes.empty()) {
    line += Say(" (%1)", Joined(row.user.notes));
  }
  return line + "\n";
}

bool IsTotp(const ImportedDevice& device) { return device.type == ImportedDevice::Type::kTotp; }

// Whether the user's devices open logins, or will.
bool AreInForce(const ImportRow& row) {
  return row.outcome != Outcome::kRefused && row.outcome != Outcome::kExists;
}

// "alice: lab (lab:alice): TOTP, …"
std::string LineOf(const ImportRow& row, const ImportedDevice& device) {
  const std::string label = device.source.empty() || device.source == device.label
                                ? device.label
                                : Say("%1 (%2)", device.label, device.source);
  const std::string name = Say("%1: %2", NameOf(row), label);
  const OtpParameters& parameters = device.parameters;
  return IsTotp(device) ? Say("  %1: TOTP, %2 digits, %3 s, %4\n", name, parameters.digits,
                              parameters.interval.count(), AlgorithmName(parameters.algorithm))
                        : Say("  %1: HOTP, %2 digits, %3\n", name, parameters.digits,
                              AlgorithmName(parameters.algorithm));
}

json JsonOf(const ImportedDevice& device) {
  json shown = {{"label", device.label},
                {"source", device.source},
                {"type", IsTotp(device) ? "TOTP" : "HOTP"},
                {"otp_digits", device.parameters.digits},
                {"algorithm", std::string(AlgorithmName(device.parameters.algorithm))}};
  if (IsTotp(device)) {
    shown["interval"] = device.parameters.interval.count();
  }
  return shown;
}

}  // namespace

std::string Joined(const std::vector<std::string>& remarks) {
  std::string joined;
  for (const std::string& remark : remarks) {
    joined += (joined.empty() ? "" : "; ") + remark;
  }
  return joined;
}

std::optional<Outcome> OutcomeNamed(std::string_view name) {
  for (std::size_t i = 0; i < kSayings.size(); ++i) {
    if (kSayings.at(i).name == name) {
      return static_cast<Outcome>(i);
    }
  }
  return std::nullopt;
}

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
  for (const ImportRow& row : rows) {
    for (const ImportedDevice& device : row.user.devices) {
      report += AreInForce(row) ? LineOf(row, device) : "";
    }
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
    json& result = results.emplace_back(json{{"username", NameOf(row)},
                                             {"outcome", SayingFor(row.outcome).name},
                                             {"reason", row.reason},
                                             {"notes", row.user.notes}});
    for (const ImportedDevice& device : row.user.devices) {
      result["devices"].push_back(JsonOf(device));
    }
  }
  return results;
}

}  // namespace twofactor
