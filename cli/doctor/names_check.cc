#include <pwd.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "cli/comma_separated.h"
#include "cli/doctor/checks.h"
#include "cli/import/plain_text.h"
#include "cli/stdio_file.h"
#include "cli/translate.h"
#include "common/base/username.h"

namespace twofactor {
namespace {

constexpr std::size_t kMaxShownNameBytes = 200;

using NamesOfUids = std::map<uid_t, std::vector<std::string>>;

// Of the users of this machine alone: a directory is not asked for all of its users.
NamesOfUids ReadNames(const std::string& path) {
  NamesOfUids names;
  const StdioFile file(std::fopen(path.c_str(), "re"));
  while (file) {
    const passwd* user = fgetpwent(file.get());
    if (user == nullptr) {
      break;
    }
    names[user->pw_uid].emplace_back(user->pw_name);
  }
  return names;
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
  Findings findings;
  for (const auto& [uid, names] : ReadNames((root == "/" ? "" : root) + "/etc/passwd")) {
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
