#include "cli/doctor/pam_service.h"

#include <algorithm>
#include <string_view>

#include "cli/doctor/module_options.h"
#include "cli/doctor/pam_control.h"
#include "cli/doctor/pam_modules.h"
#include "cli/doctor/pam_walk.h"

namespace twofactor {
namespace {

using Level = Finding::Level;

bool IsOurs(const PamLine& line) { return line.module == kPamModule; }

bool HasOption(const PamLine& line, std::string_view option) {
  return std::find(line.arguments.begin(), line.arguments.end(), option) != line.arguments.end();
}

// pam_unix takes a password that was asked for before in any case.
bool TakesFormerPassword(const PamLine& line) {
  return line.module == "pam_unix.so" || HasOption(line, "use_first_pass") ||
         HasOption(line, "try_first_pass");
}

bool Proves(const PamLine& line) { return ProvesIdentity(line.module); }

std::string Shown(const std::string& control) {
  return control.find('=') == std::string::npos ? control : "[" + control + "]";
}

// Judges one service; each verb adds what it finds.
class Judge {
 public:
  Judge(const std::string& service, const PamStack& stack)
      : service_(service), stack_(stack), walk_(WalkStack(stack, kPamModule)) {}

  Findings Take() {
    JudgeLines();
    JudgeWays();
    for (auto ours = stack_.begin(); ours != stack_.end(); ++ours) {
      if (IsOurs(*ours)) {
        JudgeOptions(*ours);
        JudgeEnrollment(*ours);
        JudgePassword(ours);
      }
    }
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

  void JudgeLines() {
    for (const PamLine& line : stack_) {
      if (!line.fault.empty()) {
        Add(Level::kProblem, ".broken",
            line.fault + ", in /etc/pam.d/" + line.file +
                (line.breaks_service ? ": nobody gets in." : ": who comes to it is refused."),
            "Mend the line, or take it out.");
      } else if (!line.installed && !IsOurs(line) && IsRefusal(line)) {
        Add(Level::kProblem, ".missing",
            line.path + " (in /etc/pam.d/" + line.file +
                ") is not installed: who comes to its line is refused.",
            "Install the module, or take the line out.");
      }
    }
  }

  static bool IsRefusal(const PamLine& line) {
    const PamAction action = ActionFor(line.control, "module_unknown");
    return action.kind == PamAction::Kind::kBad || action.kind == PamAction::Kind::kDie;
  }

  void JudgeWays() {
    for (const std::size_t line : walk_.led_past) {
      AddSkip(stack_[line]);
    }
    if (walk_.refused_gets_in) {
      Add(Level::kProblem, ".not-required",
          "a wrong code does not keep everybody out, by the controls of the lines.",
          std::string("Make it 'auth required ") + kPamModule + "'.");
    }
    if (!walk_.accepted_gets_in) {
      Add(Level::kProblem, ".locked-out",
          "nobody gets in with a right code: the other lines refuse everybody.",
          "Keep a root shell open and mend the lines (pam_twofactor(8) has examples).");
    }
    if (walk_.asked_again) {
      Add(Level::kProblem, ".asked-twice",
          "the module stands there twice, and a code is good for one of its lines only.",
          "Take one out: look into the files that are included, too.");
    }
    if (walk_.accepted_alone_gets_in) {
      Add(Level::kWarning, ".code-alone", "a code alone lets its owner in, without a password.",
          "Right only where something else was asked for before, such as a key by sshd"
          " ('AuthenticationMethods publickey,keyboard-interactive').");
    }
  }

  void AddSkip(const PamLine& line) {
    const bool meant = IsCondition(line.module);
    Add(meant ? Level::kWarning : Level::kProblem, meant ? ".exempt" : ".skipped",
        "where " + line.module + " ('" + Shown(line.control) + "' in /etc/pam.d/" + line.file +
            ") leads past the module, the second factor is skipped.",
        meant ? "Right only if these users are meant to need no code."
              : std::string("Put the line of ") + kPamModule +
                    " before it, or after the lines that it jumps over.");
  }

  void JudgeOptions(const PamLine& ours) {
    for (const std::string& argument : ours.arguments) {
      if (!IsModuleOption(argument)) {
        Add(Level::kProblem, ".option",
            "the module does not know the option '" + argument.substr(0, argument.find('=')) +
                "', or not in this form, and refuses every login.",
            "Take it out, or write it as pam_twofactor(8) does.");
      }
    }
    if (HasOption(ours, "nullok") && walk_.ignored_gets_in) {
      Add(Level::kWarning, ".nullok", "users without a second factor get in without one (nullok).",
          "Take 'nullok' away when everybody is enrolled ('twofactorctl list').");
    }
  }

  void JudgeEnrollment(const PamLine& ours) {
    const bool enrolls =
        std::any_of(ours.arguments.begin(), ours.arguments.end(),
                    [](const std::string& argument) { return argument.starts_with("enroll="); });
    if (!enrolls) {
      return;
    }
    if (HasOption(ours, "forward_pass") || HasOption(ours, "use_first_pass")) {
      Add(Level::kProblem, ".option",
          "the module refuses every login for 'enroll' together with 'forward_pass' or"
          " 'use_first_pass'.",
          "Put the module after the line that verifies the password, and take that option out.");
    } else if (walk_.asked_after_refusal) {
      Add(Level::kProblem, ".enrolls-anybody",
          "the module is asked although the password was wrong, so whoever comes first gets the"
          " second factor of a user who has none (enroll).",
          "Let a wrong password end the login before it: 'auth requisite', or as Debian's"
          " common-auth does (pam_twofactor(8) has examples).");
    } else if (walk_.asked_unproved) {
      Add(Level::kWarning, ".enrolls-unproved",
          "the module gives a second factor to whoever comes (enroll), and no line before it asks"
          " for a password.",
          "Right only where something else was asked for before, such as a key by sshd"
          " ('AuthenticationMethods publickey,keyboard-interactive').");
    }
  }

  void JudgePassword(PamStack::const_iterator ours) {
    const bool asked_before = std::any_of(stack_.begin(), ours, Proves);
    if (HasOption(*ours, "use_first_pass") && !asked_before) {
      Add(Level::kProblem, ".nothing-to-take",
          "the module takes its code from an earlier line (use_first_pass), and none asks for"
          " anything: every code is refused.",
          "Take 'use_first_pass' out.");
    }
    if (HasOption(*ours, "forward_pass") &&
        std::none_of(ours + 1, stack_.end(), TakesFormerPassword)) {
      Add(Level::kWarning, ".forward-pass",
          "the module asks for the password too (forward_pass), and no line after it takes it.",
          "Put the module before the line that asks for the password, and give that"
          " 'use_first_pass'.");
    }
  }

  const std::string& service_;
  const PamStack& stack_;
  PamWalk walk_;
  Findings findings_;
};

}  // namespace

bool AsksForCode(const PamStack& stack) { return std::any_of(stack.begin(), stack.end(), IsOurs); }

bool TakesPasswordWithCode(const PamStack& stack) {
  const auto ours = std::find_if(stack.begin(), stack.end(), IsOurs);
  return ours != stack.end() && HasOption(*ours, "forward_pass") &&
         std::any_of(ours + 1, stack.end(), TakesFormerPassword);
}

Findings JudgeService(const std::string& service, const PamStack& stack) {
  return Judge(service, stack).Take();
}

}  // namespace twofactor
