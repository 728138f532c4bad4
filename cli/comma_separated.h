#ifndef TWOFACTOR_CLI_COMMA_SEPARATED_H_
#define TWOFACTOR_CLI_COMMA_SEPARATED_H_

#include <string>
#include <vector>

namespace twofactor {

inline std::string CommaSeparated(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_COMMA_SEPARATED_H_
