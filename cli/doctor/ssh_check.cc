#include "cli/doctor/ssh_check.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "cli/doctor/checks.h"
#include "cli/doctor/pam_folder.h"
#include "cli/doctor/pam_service.h"
#include "cli/doctor/ssh_config.h"
#include "cli/doctor/ssh_connection.h"
#include "cli/doctor/ssh_servers.h"
#include "cli/doctor/ssh_settings.h"
#include "cli/doctor/sshd_program.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using Level = Finding::Level;

constexpr const char* kConfig = "/etc/ssh/sshd_config";
// Each costs two runs of sshd.
constexpr std::size_t kMostBlocks = 100;

void AddAll(const Findings& more, Findings& findings) {
  findings.insert(findings.end(), more.begin(), more.end());
}

// Judges one sshd, by what it says for a connection of each kind.
class ServerCheck {
 public:
  // `file` is the value of its option -f, empty for none.
  ServerCheck(const SshdHost& host, std::string file)
      : host_(host),
        file_(std::move(file)),
        name_(file_.empty() ? "sshd" : "sshd -f " + file_),
        blocks_(ReadSshBlocks(host.root, file_.empty() ? kConfig : file_)) {}

  Findings Take() {
    const SshBlock everybody;
    const auto base = Ask(everybody, "");
    const PamStack stack =
        PamFolder(host_.root).StackOf(PamServiceOf(base.value_or(SshdSettings())));
    if (!AsksForCode(stack)) {
      return {};
    }
    if (!base) {
      return std::move(findings_);
    }
    code_with_password_ = TakesPasswordWithCode(stack);
    AddAll(JudgeSshd(*base, code_with_password_, {name_}), findings_);
    JudgeRoot(everybody, {name_});
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (i < kMostBlocks) {
        JudgeBlock(blocks_[i], *base);
      } else {
        AddNotJudged(blocks_[i]);
      }
    }
    return std::move(findings_);
  }

 private:
  // None where sshd refuses, or where no such connection was found.
  std::optional<SshdSettings> Ask(const SshBlock& block, const std::string& user) {
    const auto connection = FindConnection(block, blocks_, host_.people, user);
    if (!connection) {
      return std::nullopt;
    }
    const SshdAnswer answer = AskSshd(host_.program, file_, connection->ToSpecification());
    if (answer.settings.empty()) {
      AddRefusal(answer.complaint);
      return std::nullopt;
    }
    return answer.settings;
  }

  void AddRefusal(const std::string& complaint) {
    // Without root's rights, or before its first start, it never gets as far as its configuration.
    const bool is_early = geteuid() != 0 || complaint.empty() ||
                          complaint.find("separation directory") != std::string::npos;
    if (refused_) {
      return;
    }
    refused_ = true;
    if (is_early) {
      findings_.push_back({Level::kWarning, "ssh.unknown",
                           Say("%1 does not tell its configuration: %2", name_, complaint),
                           Say("Call doctor as root, and look at 'sshd -T'.")});
    } else {
      findings_.push_back(
          {Level::kProblem, "ssh.refused",
           Say("%1 refuses its configuration, and will not start again: %2", name_, complaint),
           Say("Mend the line before sshd or the machine is restarted; 'sshd -t' shows whether it"
               " is right.")});
    }
  }

  void AddNotJudged(const SshBlock& block) {
    findings_.push_back(
        {Level::kWarning, "ssh.not-judged",
         Say("%1: '%2' (%3) was not judged: no connection was found that it is for.", name_,
             block.text, block.place),
         Say("Look at it yourself: 'sshd -T -C user=NAME,host=HOST,addr=ADDRESS,laddr=ADDRESS,"
             "lport=PORT' shows what counts for a connection.")});
  }

  SshdScope ScopeOf(const SshBlock& block) const {
    return {Say("%1, '%2' (%3)", name_, block.text, block.place), true};
  }

  void JudgeRoot(const SshBlock& block, const SshdScope& scope) {
    const auto settings = Ask(block, "root");
    if (!settings || root_refused_) {
      return;
    }
    const Findings found = JudgeRootLogin(*settings, scope);
    // Once is enough: what is set for everybody is in the blocks, too.
    root_refused_ = !found.empty();
    AddAll(found, findings_);
  }

  void JudgeBlock(const SshBlock& block, const SshdSettings& base) {
    // Nobody logs in as a user who is not there.
    if (std::any_of(block.criteria.begin(), block.criteria.end(),
                    [](const auto& criterion) { return criterion.attribute == "invalid-user"; })) {
      return;
    }
    const auto settings = Ask(block, "");
    if (!settings) {
      if (!refused_) {
        AddNotJudged(block);
      }
      return;
    }
    // What is so for everybody has been told.
    const Findings told = JudgeSshd(base, code_with_password_);
    const Findings plain = JudgeSshd(*settings, code_with_password_, {"sshd", true});
    const Findings found = JudgeSshd(*settings, code_with_password_, ScopeOf(block));
    for (std::size_t i = 0; i < found.size(); ++i) {
      const bool is_told = std::any_of(told.begin(), told.end(), [&](const Finding& finding) {
        return finding.text == plain[i].text;
      });
      if (found[i].level != Level::kOk && !is_told) {
        findings_.push_back(found[i]);
      }
    }
    JudgeRoot(block, ScopeOf(block));
  }

  const SshdHost& host_;
  std::string file_;
  std::string name_;
  std::vector<SshBlock> blocks_;
  bool code_with_password_ = false;
  bool refused_ = false;
  bool root_refused_ = false;
  Findings findings_;
};

}  // namespace

Findings CheckSshServers(const SshdHost& host) {
  Findings findings = ServerCheck(host, "").Take();
  for (const std::string& file : FindSshdConfigs(host.root)) {
    if (file != kConfig) {
      AddAll(ServerCheck(host, file).Take(), findings);
    }
  }
  return findings;
}

Findings CheckSsh(const std::string& root) {
  constexpr const char* kSshd = "/usr/sbin/sshd";
  if (root != "/" || access(kSshd, X_OK) != 0) {
    return {};
  }
  return CheckSshServers({kSshd, root, PeopleOfSystem()});
}

}  // namespace twofactor
