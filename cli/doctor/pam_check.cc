#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/comma_separated.h"
#include "cli/doctor/checks.h"
#include "cli/doctor/nullok_lines.h"
#include "cli/doctor/pam_folder.h"
#include "cli/doctor/pam_questions.h"
#include "cli/doctor/pam_service.h"
#include "cli/doctor/trusted_uids.h"
#include "cli/stack/known_services.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using Level = Finding::Level;

// The ways into a machine of which people would like to know that they ask for no code.
constexpr std::array kWaysIn = {"sshd",     "login",        "sudo",    "sudo-i", "su",
                                "polkit-1", "gdm-password", "lightdm", "sddm",   "cockpit"};

// A file of `root`'s owner, whom nobody else helps to write it.
bool IsSafe(const std::string& file, const std::string& root) {
  struct stat owner {};
  struct stat status {};
  return stat(root.c_str(), &owner) == 0 && stat(file.c_str(), &status) == 0 &&
         status.st_uid == owner.st_uid && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// The module's paths as the lines name them, and the first line of each.
using Named = std::map<std::string, std::string>;

void CheckModule(const PamFolder& folder, const std::string& root, const std::string& path,
                 const std::string& place, Findings& findings) {
  const auto file = folder.FindModule(path);
  if (!file) {
    findings.push_back(
        {Level::kProblem, "pam.module-missing",
         Say("%1 is named in %2, and is not there: these logins fail.", path, place),
         Say("Install libpam-twofactor, and write %1 without a path; or take the line out.",
             kPamModule)});
  } else if (!IsSafe(*file, root)) {
    findings.push_back({Level::kProblem, "pam.module-open",
                        Say("%1 can be changed by others than root.", *file),
                        "chown root: " + *file + " && chmod 644 " + *file});
  }
}

// Those of the ways in that have a stack, and in it no line of ours.
Findings WithoutCode(const PamFolder& folder, const std::set<std::string>& services) {
  std::vector<std::string> without;
  for (const char* service : kWaysIn) {
    if (services.count(service) != 0 && !AsksForCode(folder.StackOf(service))) {
      without.emplace_back(service);
    }
  }
  if (without.empty()) {
    return {};
  }
  return {
      {Level::kOk, "pam.without", Say("These ask for no code: %1.", CommaSeparated(without)), ""}};
}

// Servers that verify the codes of others and do not run as root: the service that they ask PAM
// for, and the user that a distribution runs them as.
struct Server {
  std::string_view service;
  const char* user;
};
constexpr std::array kServers = {
    Server{"postgresql", "postgres"}, Server{"radiusd", "freerad"},  Server{"radiusd", "radiusd"},
    Server{"mysql", "mysql"},         Server{"mariadb", "mysql"},    Server{"nginx", "www-data"},
    Server{"nginx", "nginx"},         Server{"apache2", "www-data"}, Server{"httpd", "apache"}};

// The daemon answers a server that is not root only where its uid is listed.
Findings CheckTrust(const std::string& root, const std::string& service, const PamStack& stack) {
  const auto trusted = ReadTrustedUids(root);
  Findings findings;
  for (const Server& server : kServers) {
    const auto uid =
        server.service == service ? ReadLocalUid(root, server.user) : std::optional<uid_t>();
    if (!uid || !trusted || trusted->count(*uid) != 0) {
      continue;
    }
    const std::string number = std::to_string(*uid);
    const auto ours = std::find_if(stack.begin(), stack.end(),
                                   [](const PamLine& line) { return line.module == kPamModule; });
    findings.push_back(
        {Level::kWarning, "pam." + service + ".not-trusted",
         Say("%1: %2 asks for a code, and %3 (uid %4), who usually runs this server,"
             " may not verify the codes of others: these logins fail.",
             service, PlaceOf(*ours), server.user, number),
         Say("Put 'trusted_uids = %1' into [verify] of /etc/twofactor/twofactord.conf,"
             " beside those that are there, and 'systemctl reload twofactord'.",
             number)});
  }
  return findings;
}

// Programs that have no file of their own in /etc/pam.d and ask by that of "other".
Findings CheckOther(const PamFolder& folder, const std::string& root,
                    const std::set<std::string>& services) {
  Findings findings;
  for (const KnownService& known : KnownServices()) {
    const std::string name(known.name);
    if (known.installed_as.empty() || services.count(name) != 0 ||
        access((root + std::string(known.installed_as)).c_str(), F_OK) != 0) {
      continue;
    }
    const Findings found = JudgeQuestions(name, folder.StackOf("other"));
    findings.insert(findings.end(), found.begin(), found.end());
  }
  return findings;
}

Findings CheckOtherTypes(const PamFolder& folder, const std::string& service) {
  Findings findings;
  for (const std::string type : kPamTypes) {
    if (type != "auth") {
      const Findings found = JudgeOtherType(service, type, folder.StackOf(service, type));
      findings.insert(findings.end(), found.begin(), found.end());
    }
  }
  return findings;
}

}  // namespace

Findings CheckPam(const std::string& root) {
  const PamFolder folder(root);
  const std::set<std::string> services = folder.Services();
  Named modules;
  NullokLines nullok;
  Findings findings;
  for (const std::string& service : services) {
    const Findings misplaced = CheckOtherTypes(folder, service);
    findings.insert(findings.end(), misplaced.begin(), misplaced.end());
    const PamStack stack = folder.StackOf(service);
    if (!AsksForCode(stack)) {
      continue;
    }
    const Findings judged = JudgeService(service, stack);
    findings.insert(findings.end(), judged.begin(), judged.end());
    nullok.Add(service, stack);
    const Findings trust = CheckTrust(root, service, stack);
    findings.insert(findings.end(), trust.begin(), trust.end());
    for (const PamLine& line : stack) {
      if (line.module == kPamModule) {
        modules.emplace(line.path, PlaceOf(line));
      }
    }
  }
  if (modules.empty()) {
    findings.push_back(
        {Level::kWarning, "pam.not-used", Say("No login asks for a code yet."),
         Say("Add 'auth required %1' to a service in /etc/pam.d (pam_twofactor(8) has examples).",
             kPamModule)});
    return findings;
  }
  nullok.Fold(findings);
  const Findings other = CheckOther(folder, root, services);
  findings.insert(findings.end(), other.begin(), other.end());
  const Findings without = WithoutCode(folder, services);
  findings.insert(findings.end(), without.begin(), without.end());
  for (const auto& [path, place] : modules) {
    CheckModule(folder, root, path, place, findings);
  }
  return findings;
}

}  // namespace twofactor
