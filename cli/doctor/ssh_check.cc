#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>

#include "cli/doctor/checks.h"
#include "cli/doctor/pam_stack.h"

namespace twofactor {
namespace {

using Level = Finding::Level;
using SshdSettings = std::map<std::string, std::string>;

struct ClosePipe {
  void operator()(std::FILE* pipe) const { pclose(pipe); }
};

// What sshd itself says that its configuration is; empty where it does not, or is not there.
SshdSettings EffectiveSettings() {
  SshdSettings settings;
  const std::unique_ptr<std::FILE, ClosePipe> pipe(popen("/usr/sbin/sshd -T 2>/dev/null", "re"));
  if (pipe == nullptr) {
    return settings;
  }
  std::array<char, 1024> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), pipe.get()) != nullptr) {
    std::istringstream words(line.data());
    std::string key;
    std::string value;
    words >> key;
    std::getline(words >> std::ws, value);
    settings[key] = value;
  }
  return settings;
}

void Require(const SshdSettings& settings, const std::string& key, const std::string& why,
             Findings& findings) {
  const auto found = settings.find(key);
  if (found != settings.end() && found->second == "no") {
    findings.push_back({Level::kProblem, "ssh." + key, "sshd: " + key + " is 'no': " + why,
                        "Set '" + key + " yes' in /etc/ssh/sshd_config and reload sshd."});
  }
}

}  // namespace

Findings CheckSsh(const std::string& root) {
  std::error_code ignored;
  if (root != "/" || !std::filesystem::exists("/usr/sbin/sshd", ignored)) {
    return {};
  }
  const SshdSettings settings = EffectiveSettings();
  if (settings.empty()) {
    return {{Level::kWarning, "ssh.unknown", "sshd does not tell its configuration.",
             "Call doctor as root, and look at 'sshd -T'."}};
  }
  Findings findings;
  Require(settings, "usepam", "it never asks for a code.", findings);
  Require(settings, "kbdinteractiveauthentication", "it cannot ask for a code.", findings);
  const auto value = [&settings](const char* key) {
    const auto found = settings.find(key);
    return found == settings.end() ? std::string() : found->second;
  };
  const bool any =
      value("authenticationmethods").empty() || value("authenticationmethods") == "any";
  if (any && value("pubkeyauthentication") == "yes") {
    findings.push_back({Level::kWarning, "ssh.key-alone",
                        "sshd: a key alone lets its owner in, without a code.",
                        "Where keys are to need a code too, set 'AuthenticationMethods"
                        " publickey,keyboard-interactive keyboard-interactive'."});
  }
  if (any && value("passwordauthentication") == "yes") {
    findings.push_back(
        {Level::kWarning, "ssh.password-method",
         "sshd: 'PasswordAuthentication yes' offers a method that cannot ask for a code;"
         " logins with it fail.",
         "Set 'PasswordAuthentication no': keyboard-interactive asks for password and"
         " code."});
  }
  if (findings.empty()) {
    findings.push_back({Level::kOk, "ssh", "sshd can ask for a code.", ""});
  }
  return findings;
}

}  // namespace twofactor
