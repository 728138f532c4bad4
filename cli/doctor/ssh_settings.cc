#include "cli/doctor/ssh_settings.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>
#include <vector>

#include "cli/translate.h"

namespace twofactor {
namespace {

using Level = Finding::Level;
using Ways = std::vector<std::string>;

struct Method {
  const char* setting;
  std::string_view name;
};

constexpr std::array kMethods = {Method{"pubkeyauthentication", "publickey"},
                                 Method{"passwordauthentication", "password"},
                                 Method{"kbdinteractiveauthentication", "keyboard-interactive"},
                                 Method{"gssapiauthentication", "gssapi-with-mic"},
                                 Method{"hostbasedauthentication", "hostbased"}};

std::string ValueOf(const SshdSettings& settings, const std::string& key) {
  const auto found = settings.find(key);
  return found == settings.end() ? std::string() : found->second;
}

Ways Split(const std::string& text, char separator) {
  Ways parts;
  std::istringstream stream(text);
  std::string part;
  while (std::getline(stream, part, separator)) {
    if (!part.empty()) {
      parts.push_back(part);
    }
  }
  return parts;
}

// "keyboard-interactive:pam" names a device, too.
std::string MethodName(const std::string& method) { return method.substr(0, method.find(':')); }

// sshd passes over a list with a method that is switched off.
bool IsOn(const SshdSettings& settings, const std::string& method) {
  const auto* known = std::find_if(kMethods.begin(), kMethods.end(), [&method](const Method& one) {
    return one.name == MethodName(method);
  });
  return known == kMethods.end() || ValueOf(settings, known->setting) != "no";
}

bool HasLists(const SshdSettings& settings) {
  const std::string lists = ValueOf(settings, "authenticationmethods");
  return !lists.empty() && lists != "any";
}

// The lists of methods each of which lets somebody in (sshd_config(5), AuthenticationMethods).
// With "any", each method that is switched on is a list of its own.
Ways WaysIn(const SshdSettings& settings) {
  Ways ways;
  if (!HasLists(settings)) {
    for (const Method& method : kMethods) {
      if (ValueOf(settings, method.setting) == "yes") {
        ways.emplace_back(method.name);
      }
    }
    return ways;
  }
  for (const std::string& list : Split(ValueOf(settings, "authenticationmethods"), ' ')) {
    const auto methods = Split(list, ',');
    if (std::all_of(methods.begin(), methods.end(),
                    [&settings](const std::string& method) { return IsOn(settings, method); })) {
      ways.push_back(list);
    }
  }
  return ways;
}

// Does a list ask for this method, whatever device it names?
bool Asks(const std::string& list, const std::string& method) {
  const auto methods = Split(list, ',');
  return std::any_of(methods.begin(), methods.end(),
                     [&method](const std::string& name) { return MethodName(name) == method; });
}

class SshdJudge {
 public:
  SshdJudge(const SshdSettings& settings, bool code_with_password, const SshdScope& scope)
      : settings_(settings), code_with_password_(code_with_password), scope_(scope) {}

  Findings Take() {
    Require("usepam", Say("it never asks for a code."));
    // In a block it matters only where no other way in is left, which is told below.
    if (!code_with_password_ && !scope_.is_block) {
      Require("kbdinteractiveauthentication", Say("it cannot ask for a code."));
    }
    const Ways ways = WaysIn(settings_);
    for (const std::string& way : ways) {
      JudgeWay(way);
    }
    if (std::all_of(ways.begin(), ways.end(),
                    [this](const std::string& way) { return IsDeadEnd(way); })) {
      AddLockedOut(ways.empty());
    }
    if (findings_.empty()) {
      Add(Level::kOk, "ssh", Say("%1 can ask for a code.", scope_.name), "");
    }
    return std::move(findings_);
  }

 private:
  void Add(Level level, const std::string& id, const std::string& text, const std::string& advice) {
    findings_.push_back({level, id, text, advice});
  }

  void Require(const std::string& key, const std::string& why) {
    if (ValueOf(settings_, key) == "no") {
      Add(Level::kProblem, "ssh." + key, Say("%1: %2 is 'no': %3", scope_.name, key, why),
          Say("Set '%1 yes' in /etc/ssh/sshd_config and reload sshd.", key));
    }
  }

  // Does it ask PAM in a way that refuses a user who has a second factor?
  bool IsDeadEnd(const std::string& way) const {
    return Asks(way, "password") && !code_with_password_ && !Asks(way, "keyboard-interactive");
  }

  void JudgeWay(const std::string& way) {
    if (Asks(way, "keyboard-interactive") || (Asks(way, "password") && code_with_password_)) {
      return;
    }
    if (IsDeadEnd(way)) {
      Add(Level::kWarning, "ssh.password-method",
          Say("%1: the method 'password' cannot ask for a code; logins with it fail"
              " for who has a second factor.",
              scope_.name),
          Say("Set 'PasswordAuthentication no': keyboard-interactive asks for password"
              " and code."));
    } else {
      Add(Level::kWarning, "ssh.key-alone",
          Say("%1: '%2' alone lets somebody in, without a code.", scope_.name, way),
          scope_.is_block ? AdviceOnBlock() : AdviceOnKeys());
    }
  }

  static std::string AdviceOnKeys() {
    return Say(
        "Where that is to need a code too, set 'AuthenticationMethods"
        " publickey,keyboard-interactive keyboard-interactive'. Set 'PermitRootLogin yes' with it"
        " if root is to log in: sshd takes no code from root otherwise. Give accounts without a"
        " person (backup, ansible) a block at the end: 'Match User backup', and in it"
        " 'AuthenticationMethods publickey'. They cannot answer (BatchMode, scp -B, rsync).");
  }

  static std::string AdviceOnBlock() {
    return Say(
        "Right for accounts without a person (backup, ansible), which cannot answer. Where people"
        " are to need a code too, set 'AuthenticationMethods publickey,keyboard-interactive' in"
        " this block.");
  }

  void AddLockedOut(bool no_way) {
    Add(Level::kProblem, "ssh.locked-out",
        no_way ? Say("%1: nobody gets in: no method, and no list of AuthenticationMethods, has all"
                     " that it needs switched on.",
                     scope_.name)
               : Say("%1: no user with a second factor gets in: no way in can ask for a code.",
                     scope_.name),
        Say("Set 'KbdInteractiveAuthentication yes', and name keyboard-interactive in"
            " AuthenticationMethods."));
  }

  const SshdSettings& settings_;
  bool code_with_password_;
  const SshdScope& scope_;
  Findings findings_;
};

// What sshd lets root do (sshd_config(5), PermitRootLogin); "without-password" is its old name.
bool TakesKeysAlone(const std::string& permit) {
  return permit == "prohibit-password" || permit == "without-password" ||
         permit == "forced-commands-only";
}

}  // namespace

SshdSettings ParseSshdSettings(const std::string& text) {
  SshdSettings settings;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    const std::size_t blank = line.find(' ');
    if (blank != std::string::npos) {
      settings[line.substr(0, blank)] = line.substr(blank + 1);
    }
  }
  return settings;
}

Findings JudgeSshd(const SshdSettings& settings, bool code_with_password, const SshdScope& scope) {
  return SshdJudge(settings, code_with_password, scope).Take();
}

Findings JudgeRootLogin(const SshdSettings& settings, const SshdScope& scope) {
  const std::string permit = ValueOf(settings, "permitrootlogin");
  const Ways ways = WaysIn(settings);
  const bool each_asks = std::all_of(ways.begin(), ways.end(), [](const std::string& way) {
    return Asks(way, "keyboard-interactive") || Asks(way, "password");
  });
  if (!HasLists(settings) || ways.empty() || !TakesKeysAlone(permit) || !each_asks) {
    return {};
  }
  return {{Level::kProblem, "ssh.root",
           Say("%1: root never gets in: each way in asks for a password or a code"
               " (AuthenticationMethods), and 'PermitRootLogin %2' takes neither from root.",
               scope.name, permit),
           Say("Set 'PermitRootLogin yes' if root is to log in with a code, 'PermitRootLogin no' if"
               " not, or give root a block: 'Match User root', and in it"
               " 'AuthenticationMethods publickey'.")}};
}

std::string PamServiceOf(const SshdSettings& settings) {
  const std::string name = ValueOf(settings, "pamservicename");
  return name.empty() ? "sshd" : name;
}

}  // namespace twofactor
