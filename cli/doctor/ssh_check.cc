#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/doctor/checks.h"
#include "cli/doctor/pam_folder.h"
#include "cli/doctor/pam_service.h"
#include "cli/doctor/ssh_settings.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

constexpr const char* kSshd = "/usr/sbin/sshd";

struct ClosePipe {
  void operator()(std::FILE* pipe) const { pclose(pipe); }
};

// What sshd itself says that its configuration is; empty where it does not.
SshdSettings EffectiveSettings() {
  const std::string command = std::string(kSshd) + " -T 2>/dev/null";
  const std::unique_ptr<std::FILE, ClosePipe> pipe(popen(command.c_str(), "re"));
  std::string text;
  std::array<char, 4096> buffer{};
  while (pipe != nullptr &&
         std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe.get())) {
    text += buffer.data();
  }
  return ParseSshdSettings(text);
}

}  // namespace

Findings CheckSsh(const std::string& root) {
  if (root != "/" || access(kSshd, X_OK) != 0) {
    return {};
  }
  const PamStack stack = PamFolder(root).StackOf("sshd");
  if (!AsksForCode(stack)) {
    return {};
  }
  const SshdSettings settings = EffectiveSettings();
  if (settings.empty()) {
    return {{Finding::Level::kWarning, "ssh.unknown", Say("sshd does not tell its configuration."),
             Say("Call doctor as root, and look at 'sshd -T'.")}};
  }
  return JudgeSshd(settings, TakesPasswordWithCode(stack));
}

}  // namespace twofactor
