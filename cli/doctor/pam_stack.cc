#include "cli/doctor/pam_stack.h"

#include <charconv>
#include <sstream>

namespace twofactor {
namespace {

constexpr int kMaxDepth = 16;

// The words of a line; a bracketed control or argument is one word.
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

void Append(std::vector<PamLine>& stack, const std::string& service, const ReadService& read,
            int depth) {
  const auto text = depth < kMaxDepth ? read(service) : std::nullopt;
  if (!text) {
    return;
  }
  for (const std::string& line : JoinedLines(*text)) {
    std::vector<std::string> words = SplitLine(line);
    if (words.size() == 2 && words[0] == "@include") {
      Append(stack, words[1], read, depth + 1);
      continue;
    }
    if (words.size() < 3 || (words[0] != "auth" && words[0] != "-auth")) {
      continue;
    }
    if (words[1] == "include" || words[1] == "substack") {
      Append(stack, words[2], read, depth + 1);
      continue;
    }
    const std::string module = words[2].substr(words[2].rfind('/') + 1);
    stack.push_back({words[1], module, {words.begin() + 3, words.end()}, service});
  }
}

}  // namespace

std::vector<PamLine> ReadAuthStack(const std::string& service, const ReadService& read) {
  std::vector<PamLine> stack;
  Append(stack, service, read, 0);
  return stack;
}

int SkippedOnSuccess(const PamLine& line) {
  if (line.control == "sufficient") {
    return -1;
  }
  constexpr std::string_view kKey = "success=";
  const std::size_t key = line.control.find(kKey);
  if (line.control.empty() || line.control[0] != '[' || key == std::string::npos) {
    return 0;
  }
  const std::string value = line.control.substr(key + kKey.size());
  if (value.substr(0, 4) == "done") {
    return -1;
  }
  int lines = 0;
  std::from_chars(value.data(), value.data() + value.size(), lines);
  return lines;
}

}  // namespace twofactor
