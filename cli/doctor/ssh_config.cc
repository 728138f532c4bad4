#include "cli/doctor/ssh_config.h"

#include <glob.h>
#include <strings.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <utility>

namespace twofactor {
namespace {

// As sshd's own (SERVCONF_MAX_DEPTH).
constexpr int kMaxIncludes = 16;
constexpr const char* kFolder = "/etc/ssh/";
constexpr const char* kSpaces = " \t\r\f";

// Takes a line apart as sshd does: words may be quoted, a "#" between words ends the line, and one
// "=" may stand behind the first word.
std::vector<std::string> WordsOfLine(const std::string& line) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(kSpaces, at)) != std::string::npos && line[at] != '#') {
    if (line[at] == '=' && words.size() == 1) {
      ++at;
      continue;
    }
    const bool quoted = line[at] == '"';
    const std::size_t start = at + (quoted ? 1 : 0);
    const char* const ends = quoted ? "\"" : words.empty() ? " \t\r\f=" : kSpaces;
    const std::size_t end = std::min(line.size(), line.find_first_of(ends, start));
    words.push_back(line.substr(start, end - start));
    at = std::min(line.size(), end + (quoted ? 1 : 0));
  }
  return words;
}

std::string Lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

bool TakesNoValue(const std::string& attribute) {
  return attribute == "all" || attribute == "invalid-user";
}

// Of the words behind "Match".
std::vector<SshCriterion> CriteriaOf(const std::vector<std::string>& words) {
  std::vector<SshCriterion> criteria;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    SshCriterion criterion{Lowered(words[i].substr(0, equals)), ""};
    if (equals != std::string::npos) {
      criterion.patterns = words[i].substr(equals + 1);
    } else if (!TakesNoValue(criterion.attribute) && i + 1 < words.size()) {
      criterion.patterns = words[++i];
    }
    criteria.push_back(std::move(criterion));
  }
  return criteria;
}

class ConfigReader {
 public:
  explicit ConfigReader(std::string root) : root_(std::move(root)) {}

  void Read(const std::string& file, const std::vector<SshCriterion>& around, int depth) {
    std::ifstream stream(root_ + file);
    // A block ends with its file.
    std::vector<SshCriterion> inside = around;
    std::string line;
    for (int number = 1; std::getline(stream, line); ++number) {
      const std::vector<std::string> words = WordsOfLine(line);
      if (words.empty()) {
        continue;
      }
      if (strcasecmp(words[0].c_str(), "match") == 0) {
        inside = around;
        const auto criteria = CriteriaOf(words);
        inside.insert(inside.end(), criteria.begin(), criteria.end());
        blocks.push_back({TextOf(words), file + ":" + std::to_string(number), inside});
      } else if (strcasecmp(words[0].c_str(), "include") == 0 && depth < kMaxIncludes) {
        Include({words.begin() + 1, words.end()}, inside, depth + 1);
      }
    }
  }

  std::vector<SshBlock> blocks;

 private:
  static std::string TextOf(const std::vector<std::string>& words) {
    std::string text = "Match";
    for (std::size_t i = 1; i < words.size(); ++i) {
      text += " " + words[i];
    }
    return text;
  }

  void Include(const std::vector<std::string>& patterns, const std::vector<SshCriterion>& inside,
               int depth) {
    for (const std::string& pattern : patterns) {
      const std::string path = (pattern.starts_with('/') ? "" : kFolder) + pattern;
      glob_t found{};
      if (glob((root_ + path).c_str(), 0, nullptr, &found) == 0) {
        for (std::size_t i = 0; i < found.gl_pathc; ++i) {
          Read(std::string(found.gl_pathv[i]).substr(root_.size()), inside, depth);
        }
      }
      globfree(&found);
    }
  }

  std::string root_;
};

}  // namespace

std::vector<SshBlock> ReadSshBlocks(const std::string& root, const std::string& file) {
  ConfigReader reader(root == "/" ? "" : root);
  reader.Read(file, {}, 0);
  return std::move(reader.blocks);
}

}  // namespace twofactor
