#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "cli/doctor/checks.h"
#include "cli/doctor/pam_stack.h"

namespace twofactor {
namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

constexpr const char* kModule = "pam_twofactor.so";

std::optional<std::string> ReadText(const fs::path& path) {
  std::ifstream file(path);
  if (!file) {
    return std::nullopt;
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool ModuleIsInstalled(const fs::path& root) {
  std::error_code ignored;
  for (const char* folder : {"usr/lib/security", "usr/lib64/security", "lib/security"}) {
    if (fs::exists(root / folder / kModule, ignored)) {
      return true;
    }
  }
  for (const auto& entry : fs::directory_iterator(root / "usr/lib", ignored)) {
    if (fs::exists(entry.path() / "security" / kModule, ignored)) {
      return true;
    }
  }
  return false;
}

// The line before the module's that, when it succeeds, leads past it; none if no line does.
const PamLine* Bypass(const std::vector<PamLine>& stack, std::size_t module) {
  for (std::size_t i = 0; i < module; ++i) {
    const int skipped = SkippedOnSuccess(stack[i]);
    if (skipped < 0 || i + static_cast<std::size_t>(skipped) >= module) {
      return &stack[i];
    }
  }
  return nullptr;
}

void CheckLine(const std::string& service, const PamLine& line, Findings& findings) {
  const std::string where = "pam." + service;
  if (line.control != "required" && line.control != "requisite" &&
      line.control.find("default=die") == std::string::npos &&
      line.control.find("default=bad") == std::string::npos) {
    findings.push_back({Level::kProblem, where + ".not-required",
                        service + ": the line of " + kModule + " is '" + line.control +
                            "', so a wrong code does not keep anybody out.",
                        "Make it 'auth required " + std::string(kModule) + "'."});
  }
  if (std::find(line.arguments.begin(), line.arguments.end(), "nullok") != line.arguments.end()) {
    findings.push_back({Level::kWarning, where + ".nullok",
                        service + ": users without a second factor get in without one (nullok).",
                        "Take 'nullok' away when everybody is enrolled ('twofactorctl list')."});
  }
}

void CheckService(const std::string& service, const ReadService& read, Findings& findings) {
  const auto stack = ReadAuthStack(service, read);
  const auto found = std::find_if(stack.begin(), stack.end(),
                                  [](const PamLine& line) { return line.module == kModule; });
  if (found == stack.end()) {
    return;
  }
  const auto before = findings.size();
  const PamLine* bypass = Bypass(stack, static_cast<std::size_t>(found - stack.begin()));
  if (bypass != nullptr) {
    findings.push_back({Level::kProblem, "pam." + service + ".skipped",
                        service + ": where " + bypass->module + " ('" + bypass->control +
                            "' in /etc/pam.d/" + bypass->file +
                            ") succeeds, the second factor is skipped.",
                        "Put the line of " + std::string(kModule) +
                            " before it, or after the lines that"
                            " it jumps over."});
  }
  CheckLine(service, *found, findings);
  if (findings.size() == before) {
    findings.push_back({Level::kOk, "pam." + service, service + " asks for a code.", ""});
  }
}

}  // namespace

Findings CheckPam(const std::string& root) {
  const fs::path folder = fs::path(root) / "etc/pam.d";
  const ReadService read = [&folder](const std::string& service) {
    // An include may name a file by its whole path.
    return ReadText(folder / fs::path(service).filename());
  };
  std::set<std::string> services;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    services.insert(entry.path().filename());
  }
  Findings findings;
  for (const std::string& service : services) {
    CheckService(service, read, findings);
  }
  if (findings.empty()) {
    findings.push_back({Level::kWarning, "pam.not-used", "No login asks for a code yet.",
                        "Add 'auth required " + std::string(kModule) +
                            "' to a service in /etc/pam.d (pam_twofactor(8) has examples)."});
  } else if (!ModuleIsInstalled(root)) {
    findings.push_back({Level::kProblem, "pam.module-missing",
                        std::string(kModule) +
                            " is named in /etc/pam.d, and is not installed: these"
                            " logins fail.",
                        "Install the package libpam-twofactor, or take the lines out."});
  }
  return findings;
}

}  // namespace twofactor
