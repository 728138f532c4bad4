#include "cli/doctor/pam_stack.h"

#include <sstream>
#include <string_view>
#include <utility>

namespace twofactor {
namespace {

constexpr int kMaxDepth = 16;

// The words of a line; a bracketed control or argument is one word, and keeps its brackets.
std::vector<std::string> SplitLine(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool bracketed = false;
  for (const char character : line.substr(0, line.find('#'))) {
    const bool blank = character == ' ' || character == '\t';
    if (blank && !bracketed) {
      if (!word.empty()) {
        words.push_back(std::move(word));
        word.clear();
      }
      continue;
    }
    bracketed = character == '[' || (bracketed && character != ']');
    word += character;
  }
  if (!word.empty()) {
    words.push_back(std::move(word));
  }
  return words;
}

std::vector<std::string> JoinedLines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  std::string line;
  std::string joined;
  while (std::getline(stream, line)) {
    if (!line.empty() && line.back() == '\\') {
      joined += line.substr(0, line.size() - 1) + " ";
      continue;
    }
    lines.push_back(joined + line);
    joined.clear();
  }
  return lines;
}

class StackReader {
 public:
  explicit StackReader(const ReadService& read) : read_(read) {}

  void Append(const std::string& service, int depth, int level) {
    const auto text = depth < kMaxDepth ? read_(service) : std::nullopt;
    if (!text) {
      return;
    }
    for (const std::string& line : JoinedLines(*text)) {
      AppendLine(SplitLine(line), service, depth, level);
    }
  }

  PamStack stack;

 private:
  void AppendLine(const std::vector<std::string>& words, const std::string& service, int depth,
                  int level) {
    if (words.size() == 2 && words[0] == "@include") {
      Append(words[1], depth + 1, level);
      return;
    }
    if (words.size() < 3 || (words[0] != "auth" && words[0] != "-auth")) {
      return;
    }
    if (words[1] == "include") {
      Append(words[2], depth + 1, level);
      return;
    }
    if (words[1] == "substack") {
      stack.push_back({words[1], "", words[2], {}, service, level});
      Append(words[2], depth + 1, level + 1);
      return;
    }
    const std::string module = words[2].substr(words[2].rfind('/') + 1);
    stack.push_back({words[1], module, words[2], {words.begin() + 3, words.end()}, service, level});
  }

  const ReadService& read_;
};

}  // namespace

PamStack ReadAuthStack(const std::string& service, const ReadService& read) {
  StackReader reader(read);
  reader.Append(service, 0, 0);
  return std::move(reader.stack);
}

}  // namespace twofactor
