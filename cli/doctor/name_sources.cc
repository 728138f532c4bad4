#include "cli/doctor/name_sources.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

namespace twofactor {
namespace {

// Those that have every user in a file, or make none that people log in as.
constexpr std::array<std::string_view, 7> kListing = {
    "files", "compat", "db", "systemd", "mymachines", "extrausers", "altfiles"};

}  // namespace

std::vector<std::string> DirectoriesIn(const std::string& nsswitch) {
  std::vector<std::string> directories;
  std::istringstream lines(nsswitch);
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    if (!(words >> word) || word != "passwd:") {
      continue;
    }
    while (words >> word) {
      // "[NOTFOUND=return]" is an action.
      if (word.front() != '[' && word.find('=') == std::string::npos && word.back() != ']' &&
          std::find(kListing.begin(), kListing.end(), word) == kListing.end()) {
        directories.push_back(word);
      }
    }
  }
  return directories;
}

}  // namespace twofactor
