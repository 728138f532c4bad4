#include "cli/doctor/pam_questions.h"

#include <algorithm>
#include <string_view>

#include "cli/doctor/pam_modules.h"
#include "cli/doctor/pam_service.h"
#include "cli/stack/known_services.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using Level = Finding::Level;
using LineAt = PamStack::const_iterator;

bool HasArgument(const PamLine& line, std::string_view argument) {
  return std::find(line.arguments.begin(), line.arguments.end(), argument) != line.arguments.end();
}

bool HasArgumentLike(const PamLine& line, std::string_view start) {
  return std::any_of(line.arguments.begin(), line.arguments.end(),
                     [start](const std::string& argument) { return argument.starts_with(start); });
}

bool AsksForPassword(const PamLine& line) { return ProvesIdentity(line.module); }

// The option by which the module takes what an earlier line asked for; empty without one.
std::string TakingOption(const PamLine& ours) {
  for (const char* option : {"use_first_pass", "try_first_pass"}) {
    if (HasArgument(ours, option)) {
      return option;
    }
  }
  return "";
}

class PasswordJudge {
 public:
  PasswordJudge(const std::string& service, const PamStack& stack)
      : service_(service), stack_(stack) {}

  Findings Take() {
    for (auto line = stack_.begin(); line != stack_.end(); ++line) {
      if (line->module == kPamModule) {
        JudgeTaking(line);
        JudgeLeaving(line);
      }
    }
    return std::move(findings_);
  }

 private:
  void Add(Level level, const std::string& what, const std::string& text,
           const std::string& advice) {
    findings_.push_back({level, "pam." + service_ + what, Say("%1: %2", service_, text), advice});
  }

  void JudgeTaking(LineAt ours) {
    const bool asked_before = std::any_of(stack_.begin(), ours, AsksForPassword);
    const std::string option = TakingOption(*ours);
    if (option == "use_first_pass" && !asked_before) {
      Add(Level::kProblem, ".nothing-to-take",
          Say("%1: the module takes its code from an earlier line (use_first_pass), and none asks "
              "for"
              " anything: every code is refused.",
              PlaceOf(*ours)),
          Say("Take 'use_first_pass' out."));
    } else if (!option.empty() && asked_before && !HasArgument(*ours, "forward_pass") &&
               !HasArgumentLike(*ours, "digits=")) {
      Add(Level::kWarning, ".takes-password",
          Say("%1: the module takes the code from the end of the password that an earlier line"
              " asked for (%2).",
              PlaceOf(*ours), option),
          Say("If users type both in one line, as with the module that this line comes from, write"
              " 'digits=6' behind it: then the last six characters are the code. If they are asked"
              " for the code, take '%1' out.",
              option));
    }
  }

  void JudgeLeaving(LineAt ours) {
    if (!HasArgument(*ours, "forward_pass")) {
      return;
    }
    if (std::none_of(ours + 1, stack_.end(), TakesFormerPassword)) {
      Add(Level::kWarning, ".forward-pass",
          Say("%1: the module asks for the password too (forward_pass), and no line after it takes"
              " it.",
              PlaceOf(*ours)),
          Say("Put the module before the line that asks for the password, and give that"
              " 'try_first_pass'."));
    }
    const auto strict = std::find_if(ours + 1, stack_.end(), [](const PamLine& line) {
      return HasArgument(line, "use_first_pass");
    });
    if (strict != stack_.end()) {
      Add(Level::kWarning, ".use-first-pass",
          Say("%1 takes only a password that an earlier line asked for (use_first_pass), and never"
              " asks for one.",
              PlaceOf(*strict)),
          Say("Write 'try_first_pass' in place of 'use_first_pass'."));
    }
  }

  const std::string& service_;
  const PamStack& stack_;
  Findings findings_;
};

// The module's line that asks for the code alone; none where it asks in another way or not at all.
LineAt OwnQuestion(const PamStack& stack) {
  return std::find_if(stack.begin(), stack.end(), [](const PamLine& line) {
    return line.module == kPamModule && !HasArgument(line, "forward_pass") &&
           TakingOption(line).empty();
  });
}

}  // namespace

// pam_unix takes a password that was asked for before in any case.
bool TakesFormerPassword(const PamLine& line) {
  return line.module == "pam_unix.so" || HasArgument(line, "use_first_pass") ||
         HasArgument(line, "try_first_pass");
}

Findings JudgePasswords(const std::string& service, const PamStack& stack) {
  return PasswordJudge(service, stack).Take();
}

Findings JudgeQuestions(const std::string& service, const PamStack& stack) {
  const KnownService* const known = FindService(service);
  if (known == nullptr || !AsksOneQuestion(*known) || !AsksForCode(stack)) {
    return {};
  }
  const std::string program(known->program);
  const auto asking = OwnQuestion(stack);
  if (asking != stack.end() && std::any_of(stack.begin(), stack.end(), AsksForPassword)) {
    return {{Level::kWarning, "pam." + service + ".one-question",
             Say("%1: %2 can ask one question only, and is to ask two (%3): it refuses users who"
                 " have a second factor.",
                 service, program, PlaceOf(*asking)),
             Say("'twofactorctl stack %1 --write' puts these two lines in place of '@include"
                 " common-auth': 'auth required %2 forward_pass' and 'auth required pam_unix.so"
                 " try_first_pass'. Users then type the password with the code right behind it.",
                 service, kPamModule)}};
  }
  const bool has_grace = std::any_of(stack.begin(), stack.end(), [](const PamLine& line) {
    return line.module == kPamModule && HasArgumentLike(line, "grace_period=");
  });
  if (known->questions == Questions::kEachTime && !has_grace) {
    return {
        {Level::kWarning, "pam." + service + ".each-request",
         Say("%1: %2 asks PAM anew for each request, and a code is good for one of them: the"
             " next request is refused.",
             service, program),
         Say("Set grace_period= on its line, use an application that keeps a session, or leave the"
             " module out of this service (docs/pam-stacks.md).")}};
  }
  return {};
}

}  // namespace twofactor
