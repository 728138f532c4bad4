#include "cli/doctor/pam_service.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "cli/doctor/module_options.h"
#include "cli/doctor/pam_walk.h"

namespace twofactor {
namespace {

using Level = Finding::Level;

// Modules that decide by who or where somebody is: with them, an administrator lets some skip the
// factor on purpose.
constexpr std::array<std::string_view, 7> kConditions = {
    "pam_succeed_if.so", "pam_access.so", "pam_listfile.so", "pam_localuser.so",
    "pam_usergroup.so",  "pam_time.so",   "pam_group.so"};

// Modules that ask nobody for anything.
constexpr std::array<std::string_view, 29> kProveNothing = {"",
                                                            kPamModule,
                                                            "pam_cap.so",
                                                            "pam_debug.so",
                                                            "pam_deny.so",
                                                            "pam_echo.so",
                                                            "pam_env.so",
                                                            "pam_time.so",
                                                            "pam_faildelay.so",
                                                            "pam_issue.so",
                                                            "pam_keyinit.so",
                                                            "pam_limits.so",
                                                            "pam_mail.so",
                                                            "pam_motd.so",
                                                            "pam_nologin.so",
                                                            "pam_permit.so",
                                                            "pam_rootok.so",
                                                            "pam_securetty.so",
                                                            "pam_selinux.so",
                                                            "pam_shells.so",
                                                            "pam_tally2.so",
                                                            "pam_umask.so",
                                                            "pam_lastlog.so",
                                                            "pam_warn.so",
                                                            "pam_wheel.so",
                                                            "pam_faillock.so",
                                                            "pam_gnome_keyring.so",
                                                            "pam_kwallet5.so",
                                                            "pam_systemd.so"};

template <std::size_t N>
bool IsOneOf(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsOurs(const PamLine& line) { return line.module == kPamModule; }

bool HasOption(const PamLine& line, std::string_view option) {
  return std::find(line.arguments.begin(), line.arguments.end(), option) != line.arguments.end();
}

// Judges one service; each verb adds what it finds.
class Judge {
 public:
  Judge(const std::string& service, const PamStack& stack) : service_(service), stack_(stack) {}

  Findings Take() {
    JudgeWays();
    JudgeOptions();
    JudgePassword();
    if (findings_.empty()) {
      Add(Level::kOk, "", "asks for a code.", "");
    }
    return std::move(findings_);
  }

 private:
  void Add(Level level, const std::string& what, const std::string& text,
           const std::string& advice) {
    findings_.push_back({level, "pam." + service_ + what, service_ + ": " + text, advice});
  }

  void JudgeWays() {
    const PamWalk walk = WalkStack(stack_, kPamModule);
    for (const std::size_t line : walk.led_past) {
      AddSkip(stack_.at(line));
    }
    if (walk.refused_gets_in) {
      Add(Level::kProblem, ".not-required",
          "a wrong code does not keep anybody out, by the control of the module's line.",
          std::string("Make it 'auth required ") + kPamModule + "'.");
    }
    if (!walk.accepted_gets_in) {
      Add(Level::kProblem, ".locked-out",
          "nobody gets in, not even with a right code: the other lines refuse everybody.",
          "Keep a root shell open and mend the order of the lines (pam_twofactor(8) has "
          "examples).");
    }
  }

  void AddSkip(const PamLine& line) {
    const bool meant = IsOneOf(kConditions, line.module);
    Add(meant ? Level::kWarning : Level::kProblem, meant ? ".exempt" : ".skipped",
        "where " + line.module + " ('" + line.control + "' in /etc/pam.d/" + line.file +
            ") leads past the module, the second factor is skipped.",
        meant ? "Right only if these users are meant to need no code."
              : std::string("Put the line of ") + kPamModule +
                    " before it, or after the lines that it jumps over.");
  }

  void JudgeOptions() {
    for (const PamLine& line : stack_) {
      if (!IsOurs(line)) {
        continue;
      }
      for (const std::string& argument : line.arguments) {
        JudgeOption(argument);
      }
      if (HasOption(line, "nullok")) {
        Add(Level::kWarning, ".nullok",
            "users without a second factor get in without one (nullok).",
            "Take 'nullok' away when everybody is enrolled ('twofactorctl list').");
      }
    }
  }

  void JudgeOption(std::string_view argument) {
    if (argument.size() >= 2 && argument.front() == '[' && argument.back() == ']') {
      argument = argument.substr(1, argument.size() - 2);
    }
    const auto form = [](std::string_view text) {
      const std::size_t equals = text.find('=');
      return text.substr(0, equals == std::string_view::npos ? equals : equals + 1);
    };
    const bool known =
        std::any_of(kModuleOptions.begin(), kModuleOptions.end(),
                    [&](std::string_view option) { return form(option) == form(argument); });
    if (!known) {
      Add(Level::kProblem, ".option",
          "the module does not know the option '" +
              std::string(argument.substr(0, argument.find('='))) +
              "' in this form, and refuses every login.",
          "Take it out, or write it as pam_twofactor(8) does.");
    }
  }

  void JudgePassword() {
    const bool password_asked = std::any_of(stack_.begin(), stack_.end(), [](const PamLine& line) {
      return !IsOneOf(kProveNothing, line.module) && !IsOneOf(kConditions, line.module);
    });
    if (!password_asked) {
      Add(Level::kWarning, ".code-alone", "a code alone lets its owner in, without a password.",
          "Right only where something else was asked for before, such as a key by sshd"
          " ('AuthenticationMethods publickey,keyboard-interactive').");
    }
    const auto ours = std::find_if(stack_.begin(), stack_.end(), IsOurs);
    const bool taken = std::any_of(ours + 1, stack_.end(), [](const PamLine& line) {
      return HasOption(line, "use_first_pass") || HasOption(line, "try_first_pass");
    });
    if (HasOption(*ours, "forward_pass") && !taken) {
      Add(Level::kWarning, ".forward-pass",
          "the module asks for the password too (forward_pass), and no line after it takes it.",
          "Put the module before pam_unix.so, and give that 'use_first_pass'.");
    }
  }

  const std::string& service_;
  const PamStack& stack_;
  Findings findings_;
};

}  // namespace

bool AsksForCode(const PamStack& stack) { return std::any_of(stack.begin(), stack.end(), IsOurs); }

Findings JudgeService(const std::string& service, const PamStack& stack) {
  return Judge(service, stack).Take();
}

}  // namespace twofactor
