#include "cli/doctor/pam_service.h"

#include <algorithm>
#include <string_view>

#include "cli/doctor/module_options.h"
#include "cli/doctor/pam_control.h"
#include "cli/doctor/pam_modules.h"
#include "cli/doctor/pam_questions.h"
#include "cli/doctor/pam_walk.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using Level = Finding::Level;

bool IsOurs(const PamLine& line) { return line.module == kPamModule; }

bool HasOption(const PamLine& line, std::string_view option) {
  return std::find(line.arguments.begin(), line.arguments.end(), option) != line.arguments.end();
}

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
      }
    }
    for (const Findings& more :
         {JudgePasswords(service_, stack_), JudgeQuestions(service_, stack_)}) {
      findings_.insert(findings_.end(), more.begin(), more.end());
    }
    if (findings_.empty()) {
      Add(Level::kOk, "", Say("asks for a code."), "");
    }
    return std::move(findings_);
  }

 private:
  void Add(Level level, const std::string& what, const std::string& text,
           const std::string& advice) {
    findings_.push_back({level, "pam." + service_ + what, Say("%1: %2", service_, text), advice});
  }

  void JudgeLines() {
    for (const PamLine& line : stack_) {
      if (!line.fault.empty()) {
        Add(Level::kProblem, ".broken",
            line.breaks_service
                ? Say("%1, in %2: nobody gets in.", line.fault, PlaceOf(line))
                : Say("%1, in %2: who comes to it is refused.", line.fault, PlaceOf(line)),
            Say("Mend the line, or take it out."));
      } else if (!line.installed && !IsOurs(line) && IsRefusal(line)) {
        Add(Level::kProblem, ".missing",
            Say("%1 (%2) is not installed: who comes to its line is refused.", line.path,
                PlaceOf(line)),
            Say("Install the module, or take the line out."));
      }
    }
  }

  // Where the module stands.
  std::string Places() const {
    std::string places;
    for (const PamLine& line : stack_) {
      if (IsOurs(line)) {
        places += (places.empty() ? "" : Say(" and ")) + PlaceOf(line);
      }
    }
    return places;
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
          Say("a wrong code does not keep everybody out, by the controls of the lines (%1).",
              Places()),
          Say("Make it 'auth required %1'.", kPamModule));
    }
    if (!walk_.accepted_gets_in) {
      Add(Level::kProblem, ".locked-out",
          Say("nobody gets in with a right code (%1): the other lines refuse everybody.", Places()),
          Say("Keep a root shell open and mend the lines (pam_twofactor(8) has examples)."));
    }
    if (walk_.asked_again) {
      Add(Level::kProblem, ".asked-twice",
          Say("the module stands there twice (%1), and a code is good for one of its lines only.",
              Places()),
          Say("Take one of the two lines out."));
    }
    if (walk_.accepted_alone_gets_in) {
      Add(Level::kWarning, ".code-alone",
          Say("a code alone (%1) lets its owner in, without a password.", Places()),
          Say("Right only where something else was asked for before, such as a key by sshd"
              " ('AuthenticationMethods publickey,keyboard-interactive')."));
    }
  }

  void AddSkip(const PamLine& line) {
    const bool meant = IsCondition(line.module);
    Add(meant ? Level::kWarning : Level::kProblem, meant ? ".exempt" : ".skipped",
        Say("where %1 ('%2', %3) leads past the module (%4), the second factor is skipped.",
            line.module, Shown(line.control), PlaceOf(line), Places()),
        meant ? Say("Right only if these users are meant to need no code.")
              : Say("Put the line of %1 before it, or after the lines that it jumps over.",
                    kPamModule));
  }

  void JudgeOptions(const PamLine& ours) {
    for (const std::string& argument : ours.arguments) {
      if (!IsModuleOption(argument)) {
        Add(Level::kProblem, ".option",
            Say("%1: the module does not know the option '%2', or not in this form, and refuses "
                "every"
                " login.",
                PlaceOf(ours), argument.substr(0, argument.find('='))),
            Say("Take it out, or write it as pam_twofactor(8) does."));
      }
    }
    if (HasOption(ours, "nullok") && walk_.ignored_gets_in) {
      Add(Level::kWarning, ".nullok",
          Say("users without a second factor get in without one (nullok, %1).", PlaceOf(ours)),
          Say("Take 'nullok' away when everybody is enrolled ('twofactorctl list')."));
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
          Say("the module refuses every login for 'enroll' together with 'forward_pass' or"
              " 'use_first_pass'."),
          Say("Put the module after the line that verifies the password, and take that option "
              "out."));
    } else if (walk_.asked_after_refusal) {
      Add(Level::kProblem, ".enrolls-anybody",
          Say("the module is asked although the password was wrong, so whoever comes first gets the"
              " second factor of a user who has none (enroll)."),
          Say("Let a wrong password end the login before it: 'auth requisite', or as Debian's"
              " common-auth does (pam_twofactor(8) has examples)."));
    } else if (walk_.asked_unproved) {
      Add(Level::kWarning, ".enrolls-unproved",
          Say("the module gives a second factor to whoever comes (enroll), and no line before it "
              "asks"
              " for a password."),
          Say("Right only where something else was asked for before, such as a key by sshd"
              " ('AuthenticationMethods publickey,keyboard-interactive')."));
    }
  }

  const std::string& service_;
  const PamStack& stack_;
  PamWalk walk_;
  Findings findings_;
};

}  // namespace

std::string PlaceOf(const PamLine& line) {
  return line.file + (line.number == 0 ? "" : ":" + std::to_string(line.number));
}

bool AsksForCode(const PamStack& stack) { return std::any_of(stack.begin(), stack.end(), IsOurs); }

bool TakesPasswordWithCode(const PamStack& stack) {
  const auto ours = std::find_if(stack.begin(), stack.end(), IsOurs);
  return ours != stack.end() && HasOption(*ours, "forward_pass") &&
         std::any_of(ours + 1, stack.end(), TakesFormerPassword);
}

Findings JudgeOtherType(const std::string& service, const std::string& type,
                        const PamStack& stack) {
  Findings findings;
  for (const PamLine& line : stack) {
    if (IsOurs(line)) {
      // libpam answers for a module that lacks a type.
      const PamAction action = ActionFor(line.control, "module_unknown");
      const bool refuses =
          action.kind == PamAction::Kind::kBad || action.kind == PamAction::Kind::kDie;
      findings.push_back(
          {Level::kProblem, "pam." + service + ".not-auth",
           refuses ? Say("%1: %2 has the module in a line of '%3', which refuses everybody: it"
                         " serves 'auth' alone.",
                         service, PlaceOf(line), type)
                   : Say("%1: %2 has the module in a line of '%3', where it asks for nothing: it"
                         " serves 'auth' alone.",
                         service, PlaceOf(line), type),
           Say("Make it 'auth required %1'.", kPamModule)});
    }
  }
  return findings;
}

Findings JudgeService(const std::string& service, const PamStack& stack) {
  return Judge(service, stack).Take();
}

}  // namespace twofactor
