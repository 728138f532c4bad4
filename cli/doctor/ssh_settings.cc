#include "cli/doctor/ssh_settings.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include "cli/translate.h"

namespace twofactor {
namespace {

using Level = Finding::Level;

std::string ValueOf(const SshdSettings& settings, const std::string& key) {
  const auto found = settings.find(key);
  return found == settings.end() ? std::string() : found->second;
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  std::string part;
  while (std::getline(stream, part, separator)) {
    if (!part.empty()) {
      parts.push_back(part);
    }
  }
  return parts;
}

// The lists of methods each of which lets somebody in (sshd_config(5), AuthenticationMethods).
// With "any", each method that is switched on is a list of its own.
std::vector<std::string> WaysIn(const SshdSettings& settings) {
  const std::string lists = ValueOf(settings, "authenticationmethods");
  if (!lists.empty() && lists != "any") {
    return Split(lists, ' ');
  }
  struct Method {
    const char* setting;
    const char* name;
  };
  std::vector<std::string> ways;
  for (const Method& method :
       {Method{"pubkeyauthentication", "publickey"}, Method{"passwordauthentication", "password"},
        Method{"kbdinteractiveauthentication", "keyboard-interactive"},
        Method{"gssapiauthentication", "gssapi-with-mic"},
        Method{"hostbasedauthentication", "hostbased"}}) {
    if (ValueOf(settings, method.setting) == "yes") {
      ways.emplace_back(method.name);
    }
  }
  return ways;
}

// Does a list ask for this method, whatever device it names ("keyboard-interactive:pam")?
bool Asks(const std::string& list, const std::string& method) {
  const auto methods = Split(list, ',');
  return std::any_of(methods.begin(), methods.end(), [&method](const std::string& name) {
    return name.substr(0, name.find(':')) == method;
  });
}

void Require(const SshdSettings& settings, const std::string& key, const std::string& why,
             Findings& findings) {
  if (ValueOf(settings, key) == "no") {
    findings.push_back({Level::kProblem, "ssh." + key, Say("sshd: %1 is 'no': %2", key, why),
                        Say("Set '%1 yes' in /etc/ssh/sshd_config and reload sshd.", key)});
  }
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

Findings JudgeSshd(const SshdSettings& settings, bool code_with_password) {
  Findings findings;
  Require(settings, "usepam", Say("it never asks for a code."), findings);
  if (!code_with_password) {
    Require(settings, "kbdinteractiveauthentication", Say("it cannot ask for a code."), findings);
  }
  for (const std::string& way : WaysIn(settings)) {
    const bool password = Asks(way, "password");
    if (Asks(way, "keyboard-interactive") || (password && code_with_password)) {
      continue;
    }
    if (password) {
      findings.push_back(
          {Level::kWarning, "ssh.password-method",
           Say("sshd: the method 'password' cannot ask for a code; logins with it fail"
               " for who has a second factor."),
           Say("Set 'PasswordAuthentication no': keyboard-interactive asks for password"
               " and code.")});
    } else {
      findings.push_back({Level::kWarning, "ssh.key-alone",
                          Say("sshd: '%1' alone lets somebody in, without a code.", way),
                          Say("Where that is to need a code too, set 'AuthenticationMethods"
                              " publickey,keyboard-interactive keyboard-interactive'.")});
    }
  }
  if (findings.empty()) {
    findings.push_back({Level::kOk, "ssh", Say("sshd can ask for a code."), ""});
  }
  return findings;
}

}  // namespace twofactor
