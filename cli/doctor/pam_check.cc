#include <sys/stat.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "cli/doctor/checks.h"
#include "cli/doctor/pam_folder.h"
#include "cli/doctor/pam_service.h"

namespace twofactor {
namespace {

using Level = Finding::Level;

// The ways into a machine of which people would like to know that they ask for no code.
constexpr std::array kWaysIn = {"sshd",         "login",   "sudo", "su",     "polkit-1",
                                "gdm-password", "lightdm", "sddm", "cockpit"};

// A file of `root`'s owner, whom nobody else helps to write it.
bool IsSafe(const std::string& file, const std::string& root) {
  struct stat owner {};
  struct stat status {};
  return stat(root.c_str(), &owner) == 0 && stat(file.c_str(), &status) == 0 &&
         status.st_uid == owner.st_uid && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

void CheckModule(const PamFolder& folder, const std::string& root, const std::string& path,
                 Findings& findings) {
  const auto file = folder.FindModule(path);
  if (!file) {
    findings.push_back({Level::kProblem, "pam.module-missing",
                        path + " is named in /etc/pam.d, and is not installed: these logins fail.",
                        "Install the module, or take the lines out."});
  } else if (!IsSafe(*file, root)) {
    findings.push_back({Level::kProblem, "pam.module-open",
                        *file + " can be changed by others than root.",
                        "chown root: " + *file + " && chmod 644 " + *file});
  }
}

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
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
  return {{Level::kOk, "pam.without", "These ask for no code: " + Join(without) + ".", ""}};
}

}  // namespace

Findings CheckPam(const std::string& root) {
  const PamFolder folder(root);
  const std::set<std::string> services = folder.Services();
  std::set<std::string> modules;
  Findings findings;
  for (const std::string& service : services) {
    const PamStack stack = folder.StackOf(service);
    if (!AsksForCode(stack)) {
      continue;
    }
    const Findings judged = JudgeService(service, stack);
    findings.insert(findings.end(), judged.begin(), judged.end());
    for (const PamLine& line : stack) {
      if (line.module == kPamModule) {
        modules.insert(line.path);
      }
    }
  }
  if (modules.empty()) {
    return {{Level::kWarning, "pam.not-used", "No login asks for a code yet.",
             std::string("Add 'auth required ") + kPamModule +
                 "' to a service in /etc/pam.d (pam_twofactor(8) has examples)."}};
  }
  const Findings without = WithoutCode(folder, services);
  findings.insert(findings.end(), without.begin(), without.end());
  for (const std::string& path : modules) {
    CheckModule(folder, root, path, findings);
  }
  return findings;
}

}  // namespace twofactor
