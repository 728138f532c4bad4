#include "cli/stack/stack_plan.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>
#include <utility>

#include "cli/doctor/pam_modules.h"
#include "cli/doctor/pam_service.h"
#include "cli/doctor/pam_text.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

constexpr const char* kOther = "other";
constexpr std::string_view kForwardPass = "forward_pass";
constexpr std::string_view kTryFirstPass = "try_first_pass";
constexpr std::string_view kUseFirstPass = "use_first_pass";

// Modules that verify a password which another has asked for.
constexpr std::array<std::string_view, 5> kPasswordModules = {
    "pam_unix.so", "pam_sss.so", "pam_ldap.so", "pam_krb5.so", "pam_winbind.so"};

bool IsPasswordModule(std::string_view module) {
  return std::find(kPasswordModules.begin(), kPasswordModules.end(), module) !=
         kPasswordModules.end();
}

// What ends the choice among several, as in Debian's common-auth.
bool IsEndOfChoice(std::string_view module) {
  return module == "pam_deny.so" || module == "pam_permit.so";
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    // An argument with blanks, or a closing bracket, goes into brackets (pam.conf(5)).
    const bool bracketed = word.find_first_of(" \t]") != std::string::npos;
    std::string shown;
    for (const char character : word) {
      shown += (character == ']' ? "\\" : "") + std::string(1, character);
    }
    text += (text.empty() ? "" : " ") + (bracketed ? "[" + shown + "]" : shown);
  }
  return text;
}

Error Conflict(const std::string& message) {
  return Error(ErrorCode::kConflict,
               message + Say("; write the lines by hand (docs/pam-stacks.md)"));
}

// One line of the file.
struct Line {
  std::string text;
  std::vector<std::string> words;  // Empty for a comment.

  bool IsAuth() const {
    return !words.empty() &&
           strcasecmp(words[0].c_str() + (words[0].front() == '-' ? 1 : 0), "auth") == 0;
  }
  // The file that an include of any kind names; empty for other lines.
  std::string Included() const {
    if (words.size() >= 2 && strcasecmp(words[0].c_str(), "@include") == 0) {
      return words[1];
    }
    const bool included = IsAuth() && words.size() >= 3 &&
                          (strcasecmp(words[1].c_str(), "include") == 0 ||
                           strcasecmp(words[1].c_str(), "substack") == 0);
    return included ? words[2] : "";
  }
  std::string Module() const {
    return IsAuth() && words.size() >= 3 ? words[2].substr(words[2].rfind('/') + 1) : "";
  }
};

std::vector<Line> LinesOf(const std::string& text) {
  std::vector<Line> lines;
  std::istringstream stream(text);
  std::string line;
  while (std::getline(stream, line)) {
    lines.push_back({line, PamWordsOf(line.substr(0, line.find('#')))});
  }
  return lines;
}

bool IsContinued(const Line& line) {
  return !line.words.empty() && line.words.back().ends_with('\\');
}

class Planner {
 public:
  Planner(const KnownService& service, const PamFolder& folder)
      : one_(AsksOneQuestion(service)),
        name_(service.name),
        program_(service.program),
        installed_as_(service.installed_as),
        folder_(folder),
        text_(folder.TextOf(name_)),
        stack_(folder.StackOf(text_ ? name_ : kOther)) {}

  Result<StackPlan> Plan() {
    if (!text_ && installed_as_.empty()) {
      return Fail(ErrorCode::kConflict,
                  Say("there is no /etc/pam.d/%1: install %2 first", name_, std::string(program_)));
    }
    StackPlan plan;
    plan.before = text_.value_or("");
    if (!one_ && text_ && AsksForCode(stack_)) {
      plan.after = plan.before;  // As the administrator has it.
      return plan;
    }
    const auto passwords = Passwords();
    if (!passwords) {
      return Fail(passwords.error());
    }
    plan.lines = one_ ? OneQuestion(*passwords) : std::vector<std::string>{Ours()};
    if (!text_) {
      plan.after = NewFile(plan.lines);
      return plan;
    }
    const auto put = one_ ? PutInPlace(plan) : PutBehind(plan);
    return put ? Result<StackPlan>(std::move(plan)) : Fail(put.error());
  }

 private:
  // The lines that verify a password now, each module once.
  Result<PamStack> Passwords() const {
    PamStack passwords;
    for (const PamLine& line : stack_) {
      if (!ProvesIdentity(line.module)) {
        continue;
      }
      if (!IsPasswordModule(line.module)) {
        return Fail(Conflict(
            Say("%1 (%2) may ask for something else than a password", line.module, PlaceOf(line))));
      }
      if (std::none_of(passwords.begin(), passwords.end(),
                       [&line](const PamLine& one) { return one.module == line.module; })) {
        passwords.push_back(line);
      }
    }
    if (passwords.empty()) {
      PamLine usual;
      usual.path = usual.module = "pam_unix.so";
      passwords.push_back(std::move(usual));
    }
    return passwords;
  }

  // Our line, with the options that the service has given it before.
  std::string Ours() const {
    std::vector<std::string> words = {"auth", "required", kPamModule};
    if (one_) {
      words.emplace_back(kForwardPass);
    }
    const auto ours = std::find_if(stack_.begin(), stack_.end(),
                                   [](const PamLine& line) { return line.module == kPamModule; });
    if (ours == stack_.end()) {
      words.emplace_back("nullok");
      return Joined(words);
    }
    words[2] = ours->path;
    for (const std::string& argument : ours->arguments) {
      // Enrollment takes a question of its own.
      if (argument != kForwardPass && argument != kTryFirstPass && argument != kUseFirstPass &&
          !argument.starts_with("enroll=")) {
        words.push_back(argument);
      }
    }
    return Joined(words);
  }

  static std::string PasswordLine(const PamLine& password, const std::string& control) {
    std::vector<std::string> words = {"auth", control, password.path};
    for (const std::string& argument : password.arguments) {
      if (argument != kTryFirstPass && argument != kUseFirstPass) {
        words.push_back(argument);
      }
    }
    words.emplace_back(kTryFirstPass);
    return Joined(words);
  }

  std::vector<std::string> OneQuestion(const PamStack& passwords) const {
    std::vector<std::string> lines = {Ours()};
    if (passwords.size() == 1) {
      lines.push_back(PasswordLine(passwords[0], "required"));
      return lines;
    }
    // The first that succeeds is enough, as in Debian's common-auth.
    for (std::size_t i = 0; i < passwords.size(); ++i) {
      lines.push_back(PasswordLine(
          passwords[i], "success=" + std::to_string(passwords.size() - i) + " default=ignore"));
    }
    lines.insert(lines.end(), {"auth requisite pam_deny.so", "auth required pam_permit.so"});
    return lines;
  }

  std::string NewFile(const std::vector<std::string>& lines) const {
    return TextOf(lines) + (folder_.TextOf("common-account") ? "@include common-account\n"
                                                             : "account required pam_unix.so\n");
  }

  // Is it one that asks for the password or for the code?
  bool Asks(const Line& line) const {
    if (const std::string included = line.Included(); !included.empty()) {
      const PamStack stack = folder_.StackOf(included);
      return std::any_of(stack.begin(), stack.end(), [](const PamLine& one) {
        return one.module == kPamModule || ProvesIdentity(one.module);
      });
    }
    const std::string module = line.Module();
    return module == kPamModule || IsPasswordModule(module);
  }

  // An include of all types of lines cannot be taken out for the sake of one.
  bool HasOtherTypes(const Line& line) const {
    return !line.IsAuth() && !line.Included().empty() &&
           std::any_of(kPamTypes.begin(), kPamTypes.end(), [&](const char* type) {
             return std::string_view(type) != "auth" &&
                    !folder_.StackOf(line.Included(), type).empty();
           });
  }

  // The lines of the file, with those that are to go or to be followed by ours.
  struct Sorted {
    std::vector<Line> lines;
    std::vector<bool> asks;
  };

  Result<Sorted> Sort() const {
    Sorted sorted{LinesOf(*text_), {}};
    bool follows = false;
    for (const Line& line : sorted.lines) {
      if (IsContinued(line)) {
        return Fail(Conflict(Say("/etc/pam.d/%1 has lines that are continued", name_)));
      }
      const bool asks = Asks(line) || (follows && IsEndOfChoice(line.Module()));
      sorted.asks.push_back(asks);
      follows = asks || (follows && line.words.empty());
    }
    return sorted;
  }

  // A jump of a line that stays would no longer end where it did.
  static bool Jumps(const Line& line) {
    const std::string control = line.IsAuth() && line.words.size() > 1 ? line.words[1] : "";
    for (std::size_t at = 0; (at = control.find('=', at)) != std::string::npos; ++at) {
      if (at + 1 < control.size() && control[at + 1] >= '0' && control[at + 1] <= '9') {
        return true;
      }
    }
    return false;
  }

  Result<void> PutInPlace(StackPlan& plan) const {
    const auto sorted = Sort();
    if (!sorted) {
      return Fail(sorted.error());
    }
    bool put = false;
    std::string text;
    for (std::size_t i = 0; i < sorted->lines.size(); ++i) {
      const Line& line = sorted->lines[i];
      if (!sorted->asks[i]) {
        if (Jumps(line)) {
          return Fail(Conflict(Say("/etc/pam.d/%1 has a line that jumps over others", name_)));
        }
        text += line.text + "\n";
        continue;
      }
      if (HasOtherTypes(line)) {
        return Fail(
            Conflict(Say("'%1' of /etc/pam.d/%2 includes more than auth", line.text, name_)));
      }
      plan.replaced.push_back(line.text);
      text += put ? "" : TextOf(plan.lines);
      put = true;
    }
    plan.after = put ? text : TextOf(plan.lines) + text;
    return {};
  }

  Result<void> PutBehind(StackPlan& plan) const {
    const auto sorted = Sort();
    if (!sorted) {
      return Fail(sorted.error());
    }
    const auto last = std::find(sorted->asks.rbegin(), sorted->asks.rend(), true);
    const auto count = static_cast<std::size_t>(sorted->asks.rend() - last);
    if (count == 0) {
      return Fail(Conflict(Say("/etc/pam.d/%1 asks for no password", name_)));
    }
    for (std::size_t i = 0; i < sorted->lines.size(); ++i) {
      plan.after += sorted->lines[i].text + "\n" + (i + 1 == count ? TextOf(plan.lines) : "");
    }
    return {};
  }

  static std::string TextOf(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
      text += line + "\n";
    }
    return text;
  }

  bool one_;
  std::string name_;
  std::string_view program_;
  std::string_view installed_as_;
  const PamFolder& folder_;
  std::optional<std::string> text_;
  PamStack stack_;
};

// What doctor would call a problem, in the lines as they are planned.
Result<void> Check(const std::string& name, const StackPlan& plan, const PamFolder& folder) {
  const PamStack stack = ReadAuthStack(name, [&](const std::string& service) {
    return service == name ? std::optional(plan.after) : folder.TextOf(service);
  });
  for (const Finding& finding : JudgeService(name, stack)) {
    if (finding.level == Finding::Level::kProblem) {
      return Fail(Conflict(finding.text));
    }
  }
  return {};
}

}  // namespace

Result<StackPlan> PlanStack(const KnownService& service, const PamFolder& folder) {
  auto plan = Planner(service, folder).Plan();
  if (plan) {
    if (const auto checked = Check(std::string(service.name), *plan, folder); !checked) {
      return Fail(checked.error());
    }
  }
  return plan;
}

}  // namespace twofactor
