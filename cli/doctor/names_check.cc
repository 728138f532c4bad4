#include <pwd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "cli/comma_separated.h"
#include "cli/doctor/checks.h"
#include "cli/doctor/name_sources.h"
#include "cli/import/plain_text.h"
#include "cli/stdio_file.h"
#include "cli/tool.h"
#include "cli/translate.h"
#include "common/base/username.h"

namespace twofactor {
namespace {

constexpr std::size_t kMaxShownNameBytes = 200;
// Some hundred thousand users.
constexpr std::size_t kMostListedBytes = 16UL * 1024 * 1024;

using NamesOfUids = std::map<uid_t, std::vector<std::string>>;

void AddNames(std::FILE* passwd_file, NamesOfUids& names) {
  while (passwd_file != nullptr) {
    const passwd* user = fgetpwent(passwd_file);
    if (user == nullptr) {
      break;
    }
    auto& known = names[user->pw_uid];
    if (std::find(known.begin(), known.end(), user->pw_name) == known.end()) {
      known.emplace_back(user->pw_name);
    }
  }
}

// Adds the users that a directory lists. False where it lists none.
bool AddDirectory(const std::string& source, NamesOfUids& names) {
  const auto answer = RunTool({{"getent", "-s", source, "passwd"}, kMostListedBytes, {}}, "");
  if (!answer || answer->output.empty()) {
    return false;
  }
  std::string text(answer->output.text());
  const StdioFile file(fmemopen(text.data(), text.size(), "r"));
  AddNames(file.get(), names);
  return true;
}

std::string ReadNsswitch(const std::string& root) {
  std::ifstream file(root + "/etc/nsswitch.conf");
  return {std::istreambuf_iterator<char>(file), {}};
}

// Of a directory that answers for a name, and does not tell which names it has.
Finding NotListedFinding(const std::vector<std::string>& directories) {
  return {Finding::Level::kWarning, "names.not-listed",
          Say("The users of %1 (passwd: in /etc/nsswitch.conf) are not listed here: whether two of"
              " their names share a uid, and whether one can have no second factor, is unknown.",
              CommaSeparated(directories)),
          Say("Look at the directory itself, or let it list its users (sssd: 'enumerate = true')"
              " while doctor runs.")};
}

// Of names that no second factor can be set up for.
Finding UnfitFinding(const std::string& name) {
  return {
      Finding::Level::kWarning, "names.unfit",
      Say("The name %1 has more than %2 bytes, or a '/': no second factor can be set up for it.",
          PlainText(name, kMaxShownNameBytes), Username::kMaxBytes),
      Say("Give the user another name. Where a PAM line has nullok, this one logs in without a"
          " code, and where it has not, not at all.")};
}

}  // namespace

Findings CheckNames(const std::string& root) {
  const std::string base = root == "/" ? "" : root;
  NamesOfUids all;
  AddNames(StdioFile(std::fopen((base + "/etc/passwd").c_str(), "re")).get(), all);
  Findings findings;
  std::vector<std::string> silent;
  for (const std::string& directory : DirectoriesIn(ReadNsswitch(base))) {
    // Only the system that runs can ask its directories.
    if (root != "/" || !AddDirectory(directory, all)) {
      silent.push_back(directory);
    }
  }
  if (!silent.empty()) {
    findings.push_back(NotListedFinding(silent));
  }
  for (const auto& [uid, names] : all) {
    for (const std::string& name : names) {
      if (!Username::Parse(name)) {
        findings.push_back(UnfitFinding(name));
      }
    }
    if (names.size() > 1) {
      findings.push_back(
          {Finding::Level::kWarning, "names.one-uid",
           Say("The names %1 share uid %2. A second factor that was set up for one of them is not"
               " asked for when another one logs in.",
               CommaSeparated(names), uid),
           Say("Set up a second factor for each name, or remove all names but one. Where a PAM line"
               " has nullok, a name without a second factor logs in without a code.")});
    }
  }
  return findings;
}

}  // namespace twofactor
