#include "cli/doctor/pam_stack.h"

#include <strings.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "cli/doctor/pam_text.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

// Where libpam stops to include (PAM_SUBSTACK_MAX_LEVEL). Debian's counts substacks alone, and
// crashes where others turn in a circle.
constexpr int kMaxDepth = 16;
// Of files that include themselves twice, the lines double with each level. Nobody has as many.
constexpr std::size_t kMaxLines = 10000;

bool IsWord(const std::string& word, const char* known) {
  return strcasecmp(word.c_str(), known) == 0;
}

bool IsKnownType(const std::string& type) {
  return std::any_of(kPamTypes.begin(), kPamTypes.end(),
                     [&type](const char* known) { return IsWord(type, known); });
}

enum class Included { kYes, kMissing, kTooDeep };

class StackReader {
 public:
  StackReader(const ReadService& read, const std::string& type) : read_(read), type_(type) {}

  Included Append(const std::string& service, int depth, int level) {
    if (depth >= kMaxDepth || stack.size() >= kMaxLines) {
      return Included::kTooDeep;
    }
    const auto text = read_(service);
    if (!text) {
      return Included::kMissing;
    }
    const auto lines = PamLinesOf(*text);
    if (!lines) {
      BreakService(service, 0, Say("the last line ends with a backslash"));
      return Included::kYes;
    }
    for (const PamTextLine& line : *lines) {
      AppendLine(PamWordsOf(line.text), {service, depth, level, line.number});
    }
    return Included::kYes;
  }

  void BreakService(const std::string& file, int number, const std::string& fault) {
    PamLine line;
    line.file = file;
    line.number = number;
    line.fault = fault;
    line.breaks_service = true;
    stack.push_back(std::move(line));
  }

  PamStack stack;

 private:
  struct Where {
    const std::string& service;
    int depth;
    int level;
    int number;
  };

  void AppendLine(const std::vector<std::string>& words, const Where& where) {
    if (IsWord(words[0], "@include")) {
      const std::string name = words.size() < 2 ? "" : words[1];
      const Included done = Include(name, where, 0);
      if (done != Included::kYes) {
        BreakService(where.service, where.number, FaultOf("@include", name, done));
      }
      return;
    }
    const std::string type = words[0].substr(words[0].front() == '-' ? 1 : 0);
    if (IsWord(type, type_.c_str())) {
      AppendOwn(words, where);
    } else if (!IsKnownType(type) && type_ == "auth") {
      AppendUnusable(words, where, Say("'%1' is no type of a line", words[0]));
    }
  }

  void AppendOwn(const std::vector<std::string>& words, const Where& where) {
    if (words.size() < 2) {
      AppendUnusable(words, where, Say("a line '%1' has no control", type_));
      return;
    }
    const bool substack = IsWord(words[1], "substack");
    if (substack || IsWord(words[1], "include")) {
      AppendIncluded(words, where, substack);
    } else if (words.size() < 3) {
      AppendUnusable(words, where, Say("a line '%1 %2' has no module", type_, words[1]));
    } else {
      stack.push_back(LineOf(words, where));
    }
  }

  void AppendIncluded(const std::vector<std::string>& words, const Where& where, bool substack) {
    const std::string name = words.size() < 3 ? "" : words[2];
    if (substack) {
      PamLine start;
      start.control = "substack";
      start.path = name;
      start.file = where.service;
      start.number = where.number;
      start.level = where.level;
      stack.push_back(std::move(start));
    }
    const Included done = Include(name, where, substack ? 1 : 0);
    if (done == Included::kYes) {
      return;
    }
    const std::string fault = FaultOf(words[1], name, done);
    if (name.empty() || (done == Included::kTooDeep && !substack)) {
      BreakService(where.service, where.number, fault);
    } else {
      AppendUnusable({type_}, where, fault);
    }
  }

  Included Include(const std::string& name, const Where& where, int deeper) {
    return name.empty() ? Included::kMissing : Append(name, where.depth + 1, where.level + deeper);
  }

  static std::string FaultOf(const std::string& word, const std::string& name, Included done) {
    return done == Included::kMissing ? Say("'%1 %2' names no file that is there", word, name)
                                      : Say("'%1 %2' turns in a circle", word, name);
  }

  static PamLine LineOf(const std::vector<std::string>& words, const Where& where) {
    PamLine line;
    line.file = where.service;
    line.number = where.number;
    line.level = where.level;
    line.control = words.size() < 2 ? "" : words[1];
    if (words.size() >= 3) {
      line.path = words[2];
      line.module = words[2].substr(words[2].rfind('/') + 1);
      line.arguments.assign(words.begin() + 3, words.end());
    }
    return line;
  }

  // libpam takes a line that it does not understand for one of auth that refuses.
  void AppendUnusable(const std::vector<std::string>& words, const Where& where,
                      const std::string& fault) {
    PamLine line = LineOf(words, where);
    line.module.clear();
    line.fault = fault;
    stack.push_back(std::move(line));
  }

  const ReadService& read_;
  const std::string& type_;
};

}  // namespace

PamStack ReadPamStack(const std::string& service, const std::string& type,
                      const ReadService& read) {
  StackReader reader(read, type);
  reader.Append(service, 0, 0);
  return std::move(reader.stack);
}

PamStack ReadAuthStack(const std::string& service, const ReadService& read) {
  return ReadPamStack(service, "auth", read);
}

}  // namespace twofactor
