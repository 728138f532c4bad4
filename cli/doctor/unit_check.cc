#include "cli/doctor/unit_check.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

#include "cli/doctor/checks.h"
#include "cli/doctor/pam_folder.h"
#include "cli/doctor/pam_service.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using Level = Finding::Level;

// Units whose program asks PAM as root, and the service that it asks.
struct UnitOfService {
  std::string_view unit;
  const char* service;
};
constexpr std::array kUnits = {UnitOfService{"cockpit-session@.service", "cockpit"},
                               UnitOfService{"cups.service", "cups"},
                               UnitOfService{"dovecot.service", "dovecot"},
                               UnitOfService{"gdm.service", "gdm-password"},
                               UnitOfService{"getty@.service", "login"},
                               UnitOfService{"lightdm.service", "lightdm"},
                               UnitOfService{"ocserv.service", "ocserv"},
                               UnitOfService{"openvpn-server@.service", "openvpn"},
                               UnitOfService{"openvpn@.service", "openvpn"},
                               UnitOfService{"polkit-agent-helper@.service", "polkit-1"},
                               UnitOfService{"proftpd.service", "proftpd"},
                               UnitOfService{"saslauthd.service", "imap"},
                               UnitOfService{"sddm.service", "sddm"},
                               UnitOfService{"serial-getty@.service", "login"},
                               UnitOfService{"ssh.service", "sshd"},
                               UnitOfService{"ssh@.service", "sshd"},
                               UnitOfService{"sshd.service", "sshd"},
                               UnitOfService{"vsftpd.service", "vsftpd"},
                               UnitOfService{"xrdp-sesman.service", "xrdp-sesman"}};

std::vector<std::string> WordsOfValues(const std::vector<std::string>& values) {
  std::vector<std::string> words;
  for (const std::string& value : values) {
    std::istringstream stream(value);
    std::string word;
    while (stream >> word) {
      words.push_back(word);
    }
  }
  return words;
}

// "-/run/twofactor:rw" is about /run/twofactor.
std::string PathIn(const std::string& word) {
  const std::size_t start = std::min(word.size(), word.find_first_not_of("-+"));
  std::string path = word.substr(start, word.find(':', start) - start);
  while (path.size() > 1 && path.back() == '/') {
    path.pop_back();
  }
  return path;
}

// The longest of the paths that the live store is in or under; empty where it is under none.
std::string Nearest(const std::vector<std::string>& words) {
  constexpr std::string_view kStore = "/run/twofactor";
  std::string nearest;
  for (const std::string& word : words) {
    const std::string path = PathIn(word);
    const bool is_over =
        path == "/" || path == kStore || (!path.empty() && kStore.starts_with(path + "/"));
    if (is_over && path.size() > nearest.size()) {
      nearest = path;
    }
  }
  return nearest;
}

std::string NearestOf(const UnitFile& unit, const std::string& key) {
  return Nearest(WordsOfValues(unit.ValuesOf(key)));
}

bool IsOff(const std::string& value) {
  return value.empty() || value == "no" || value == "false" || value == "0" || value == "off" ||
         value == "n" || value == "f";
}

// The set is all capabilities until it is named, and "~" takes from it (systemd.exec(5)).
bool HasCapability(const UnitFile& unit, const std::string& capability) {
  bool has = true;
  bool named = false;
  for (const auto& [key, value] : unit.settings) {
    if (key != "CapabilityBoundingSet") {
      continue;
    }
    const bool taken = value.starts_with('~');
    const auto words = WordsOfValues({value.substr(taken ? 1 : 0)});
    const bool listed = std::find(words.begin(), words.end(), capability) != words.end();
    if (taken) {
      has = words.empty() || (has && !listed);
    } else {
      has = words.empty() ? false : listed || (named && has);
    }
    named = !taken || named;
  }
  return has;
}

bool RunsAsRoot(const UnitFile& unit) {
  const std::string user = unit.ValueOf("User");
  return (user.empty() || user == "root" || user == "0") && IsOff(unit.ValueOf("DynamicUser"));
}

class UnitJudge {
 public:
  UnitJudge(const UnitFile& unit, const std::string& service) : unit_(unit), service_(service) {}

  Findings Take() {
    JudgeHidden();
    JudgeReadOnly();
    JudgeRights();
    return std::move(findings_);
  }

 private:
  bool IsBound() const { return !NearestOf(unit_, "BindPaths").empty(); }

  void JudgeHidden() {
    for (const char* key : {"InaccessiblePaths", "TemporaryFileSystem"}) {
      if (!NearestOf(unit_, key).empty() && !IsBound()) {
        Add(Level::kProblem, ".hidden-store",
            Say("%1: the unit %2 has '%3' over /run/twofactor: its program finds neither the live"
                " store nor the daemon, and refuses everybody who is asked for a code.",
                service_, unit_.name, key),
            Advice("BindPaths=/run/twofactor"));
        return;
      }
    }
  }

  void JudgeReadOnly() {
    const std::string writable = NearestOf(unit_, "ReadWritePaths");
    const std::string read_only = NearestOf(unit_, "ReadOnlyPaths");
    const bool is_strict = unit_.ValueOf("ProtectSystem") == "strict";
    const bool shut = (is_strict && writable.empty()) ||
                      (!read_only.empty() && read_only.size() > writable.size());
    if (shut && !IsBound()) {
      AddShutIn(is_strict ? "ProtectSystem=strict" : "ReadOnlyPaths=",
                "ReadWritePaths=-/run/twofactor");
    }
  }

  void JudgeRights() {
    if (!HasCapability(unit_, "CAP_DAC_OVERRIDE")) {
      AddShutIn("CapabilityBoundingSet=", "CapabilityBoundingSet=CAP_DAC_OVERRIDE");
    }
    if (!IsOff(unit_.ValueOf("PrivateUsers"))) {
      AddShutIn("PrivateUsers=", "PrivateUsers=no");
    }
  }

  void AddShutIn(const std::string& setting, const std::string& cure) {
    Add(Level::kWarning, ".shut-in",
        Say("%1: the unit %2 has '%3', so its program cannot write to /run/twofactor: it refuses"
            " everybody who is asked for a code while the daemon is down.",
            service_, unit_.name, setting),
        Advice(cure));
  }

  std::string Advice(const std::string& line) const {
    return Say(
        "Write '[Service]' and '%1' into /etc/systemd/system/%2.d/twofactor.conf, then"
        " 'systemctl daemon-reload' and restart the unit.",
        line, unit_.name);
  }

  void Add(Level level, const std::string& what, const std::string& text,
           const std::string& advice) {
    findings_.push_back({level, "pam." + service_ + what, text, advice});
  }

  const UnitFile& unit_;
  const std::string& service_;
  Findings findings_;
};

}  // namespace

Findings JudgeUnit(const UnitFile& unit, const std::string& service) {
  return RunsAsRoot(unit) ? UnitJudge(unit, service).Take() : Findings();
}

Findings CheckUnits(const std::string& root) {
  const PamFolder folder(root);
  Findings findings;
  for (const UnitFile& unit : ReadServiceUnits(root)) {
    const auto* known = std::find_if(kUnits.begin(), kUnits.end(),
                                     [&unit](const auto& one) { return one.unit == unit.name; });
    if (known == kUnits.end() || !AsksForCode(folder.StackOf(known->service))) {
      continue;
    }
    const Findings found = JudgeUnit(unit, known->service);
    findings.insert(findings.end(), found.begin(), found.end());
  }
  return findings;
}

}  // namespace twofactor
