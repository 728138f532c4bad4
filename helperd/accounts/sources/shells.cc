#include "helperd/accounts/sources/shells.h"

#include <string>

#include "helperd/accounts/sources/text_file.h"

namespace twofactor {

nlohmann::json ParseShells(std::string_view text) {
  nlohmann::json shells = nlohmann::json::object();
  for (const std::string_view line : LinesOf(text)) {
    const auto words = WordsOf(line);
    if (!words.empty() && words[0].front() == '/') {
      shells[std::string(words[0])] = words[0].substr(words[0].rfind('/') + 1);
    }
  }
  return shells;
}

}  // namespace twofactor
