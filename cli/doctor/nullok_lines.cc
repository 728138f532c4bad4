#include "cli/doctor/nullok_lines.h"

#include <algorithm>

#include "cli/comma_separated.h"
#include "cli/doctor/pam_service.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using Level = Finding::Level;

bool IsOf(const Finding& finding, const std::string& service) {
  const std::string id = "pam." + service;
  return finding.id == id || finding.id.starts_with(id + ".");
}

}  // namespace

void NullokLines::Add(const std::string& service, const PamStack& stack) {
  for (const PamLine& line : stack) {
    if (line.module == kPamModule &&
        std::find(line.arguments.begin(), line.arguments.end(), "nullok") != line.arguments.end()) {
      services_[PlaceOf(line)].push_back(service);
    }
  }
}

void NullokLines::Fold(Findings& findings) const {
  for (const auto& line : services_) {
    const std::string& place = line.first;
    const std::vector<std::string>& services = line.second;
    std::vector<std::string> named;
    for (const std::string& service : services) {
      const auto found =
          std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
            return finding.id == "pam." + service + ".nullok" &&
                   finding.text.find(place) != std::string::npos;
          });
      if (services.size() < 2 || found == findings.end()) {
        continue;
      }
      named.push_back(service);
      const bool alone = std::count_if(findings.begin(), findings.end(),
                                       [&](const Finding& one) { return IsOf(one, service); }) == 1;
      if (alone) {
        *found = {Level::kOk, "pam." + service, Say("%1: %2", service, Say("asks for a code.")),
                  ""};
      } else {
        findings.erase(found);
      }
    }
    // The file that the others include, as common-auth, is no service of its own.
    const auto included = std::find_if(named.begin(), named.end(), [&](const std::string& one) {
      return place.find("/" + one + ":") != std::string::npos;
    });
    if (named.size() > 1 && included != named.end()) {
      named.erase(included);
    }
    if (!named.empty()) {
      findings.push_back(
          {Level::kWarning, "pam.nullok",
           Say("Users without a second factor get in without one (nullok, %1) at these services:"
               " %2.",
               place, CommaSeparated(named)),
           Say("Take 'nullok' away when everybody is enrolled ('twofactorctl list').")});
    }
  }
}

}  // namespace twofactor
