#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "cli/doctor/checks.h"
#include "cli/doctor/pam_folder.h"
#include "cli/doctor/pam_service.h"

namespace twofactor {
namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

// The ways into a machine of which people would like to know that they ask for no code.
constexpr std::array kWaysIn = {"sshd",         "login",   "sudo", "su",     "polkit-1",
                                "gdm-password", "lightdm", "sddm", "cockpit"};

// Where Linux-PAM of the usual distributions looks for modules.
std::vector<fs::path> ModuleFolders(const fs::path& root) {
  std::vector<fs::path> folders = {root / "lib/security", root / "lib64/security",
                                   root / "usr/lib/security", root / "usr/lib64/security"};
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(root / "usr/lib", ignored)) {
    folders.push_back(entry.path() / "security");
  }
  return folders;
}

std::optional<fs::path> FindModule(const fs::path& root, const std::string& path) {
  std::error_code ignored;
  if (path.front() == '/') {
    const fs::path file = root / path.substr(1);
    return fs::exists(file, ignored) ? std::optional(file) : std::nullopt;
  }
  for (const fs::path& folder : ModuleFolders(root)) {
    if (fs::exists(folder / path, ignored)) {
      return folder / path;
    }
  }
  return std::nullopt;
}

// A file of `root`'s owner, whom nobody else helps to write it.
bool IsSafe(const fs::path& file, const fs::path& root) {
  struct stat owner {};
  struct stat status {};
  return stat(root.c_str(), &owner) == 0 && stat(file.c_str(), &status) == 0 &&
         status.st_uid == owner.st_uid && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

void CheckModule(const fs::path& root, const std::string& path, Findings& findings) {
  const auto file = FindModule(root, path);
  if (!file) {
    findings.push_back({Level::kProblem, "pam.module-missing",
                        path + " is named in /etc/pam.d, and is not installed: these logins fail.",
                        "Install the module, or take the lines out."});
  } else if (!IsSafe(*file, root)) {
    findings.push_back({Level::kProblem, "pam.module-open",
                        file->string() + " can be changed by others than root.",
                        "chown root: " + file->string() + " && chmod 644 " + file->string()});
  }
}

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
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
  std::vector<std::string> without;
  for (const char* service : kWaysIn) {
    if (services.count(service) != 0 && !AsksForCode(folder.StackOf(service))) {
      without.emplace_back(service);
    }
  }
  if (!without.empty()) {
    findings.push_back(
        {Level::kOk, "pam.without", "These ask for no code: " + Join(without) + ".", ""});
  }
  for (const std::string& path : modules) {
    CheckModule(root, path, findings);
  }
  return findings;
}

}  // namespace twofactor
