// Reads the text of a page of TrueNAS' API documentation, as a browser copies it.
#include <algorithm>
#include <optional>
#include <regex>
#include <sstream>

#include "tests/unit/api_docs/documented_field.h"

namespace twofactor {
namespace {

// One "Type: …" with what follows it.
struct Type {
  std::string name;
  std::string facts;
  bool closed = false;
  std::optional<std::string> item;
  std::string item_facts;

  std::string Text() const {
    if (name == "const") {
      return name + facts;
    }
    if (name.starts_with("array")) {
      return "array of " + item.value_or("anything") + item_facts;
    }
    return (closed ? "closed " : "") + name + facts;
  }
};

// A title stands alone between blank lines: words that each begin with a capital or a digit.
bool IsTitle(const std::string& line) {
  static const std::regex kTitle("[A-Z][A-Za-z0-9]*( [A-Z0-9][A-Za-z0-9]*)*");
  return std::regex_match(line, kTitle);
}

// A model such as UserTwofactorConfigEntry, which opens a section.
bool IsModel(const std::string& title) {
  static const std::regex kModel("[A-Z][a-z0-9]+([A-Z0-9][a-z0-9]*){2,}");
  return std::regex_match(title, kModel);
}

std::string NameOf(std::string title) {
  std::transform(title.begin(), title.end(), title.begin(), [](char c) {
    return c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return title;
}

class Reader {
 public:
  std::vector<DocumentedField> Read(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line);
    Open("", line);
    while (std::getline(lines, line) && !line.starts_with("Required roles")) {
      ReadLine(line);
    }
    Close();
    return std::move(fields_);
  }

 private:
  void Open(const std::string& path, const std::string& title) {
    Close();
    field_.emplace();
    field_->path = path;
    field_->title = title;
    types_.clear();
    in_item_ = false;
  }

  void Close() {
    if (!field_) {
      return;
    }
    for (const Type& type : types_) {
      field_->types.push_back(type.Text());
    }
    field_->description = OnOneLine(field_->description);
    fields_.push_back(std::move(*field_));
    field_.reset();
  }

  void ReadLine(const std::string& line) {
    std::smatch match;
    static const std::regex kParameter(R"(Parameter \d+: (\w+))");
    static const std::regex kType(R"(Type: ([a-z ]+?)(?:Format: (\S+))?(?: Default: (.*))?)");
    static const std::regex kDefault("Default: (.*)");
    if (std::regex_match(line, match, kParameter)) {
      Open(match[1], match[1]);
      prefix_ = match[1].str() + ".";
    } else if (std::regex_match(line, match, kType)) {
      ReadType(match[1], match[2], match[3]);
    } else if (std::regex_match(line, match, kDefault)) {
      field_->default_value = match[1];
    } else if (!ReadFact(line)) {
      ReadWords(line);
    }
  }

  void ReadType(const std::string& name, const std::string& format, const std::string& value) {
    if (!value.empty()) {
      field_->default_value = value;
    }
    if (in_item_ && !types_.back().item) {
      types_.back().item = name;
      return;
    }
    in_item_ = false;
    types_.push_back({name, format.empty() ? "" : " format=" + format, false, std::nullopt, ""});
  }

  bool ReadFact(const std::string& line) {
    std::smatch match;
    static const std::regex kLeast(R"(Must be at least (\d+) characters long)");
    static const std::regex kBounds(
        R"(Value must be greater or equal to (\d+)(?: and lesser or equal to (\d+))?)");
    static const std::regex kValue("Specific value: (.*)");
    static const std::regex kNoise("Must be one of:|  • .*");
    if (std::regex_match(line, match, kLeast)) {
      AddFact(" minLength=" + match[1].str());
    } else if (std::regex_match(line, match, kBounds)) {
      AddFact(" minimum=" + match[1].str() +
              (match[2].matched ? " maximum=" + match[2].str() : ""));
    } else if (std::regex_match(line, match, kValue)) {
      AddFact(" " + match[1].str());
    } else if (line == "No Additional Properties" || line == "No Additional Items") {
      types_.back().closed = true;
    } else if (line == "Tuple Validation") {
      types_.back().name = "tuple";
    } else if (line == "Each item of this array must be:") {
      in_item_ = true;
    } else {
      return std::regex_match(line, kNoise);
    }
    return true;
  }

  void AddFact(const std::string& fact) {
    Type& type = types_.back();
    (in_item_ ? type.item_facts : type.facts) += fact;
  }

  void ReadWords(const std::string& line) {
    if (line.empty() || line == field_->title) {
      return;
    }
    if (!IsTitle(line)) {
      field_->description += line + "\n";
    } else if (IsModel(line)) {
      Open(line, line);
      prefix_ = line + ".";
    } else {
      Open(prefix_ + NameOf(line), line);
    }
  }

  std::vector<DocumentedField> fields_;
  std::optional<DocumentedField> field_;
  std::vector<Type> types_;
  std::string prefix_;
  bool in_item_ = false;
};

}  // namespace

std::string DocumentedField::Types() const {
  std::string text;
  for (const std::string& type : types) {
    text += (text.empty() ? "" : " | ") + type;
  }
  return text;
}

std::string OnOneLine(const std::string& text) {
  const std::string plain = std::regex_replace(text, std::regex("’"), "'");
  std::istringstream words(plain);
  std::string line;
  for (std::string word; words >> word;) {
    line += (line.empty() ? "" : " ") + word;
  }
  return line;
}

std::vector<DocumentedField> ReadReference(const std::string& text) { return Reader().Read(text); }

}  // namespace twofactor
