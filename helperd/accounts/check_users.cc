#include "helperd/accounts/check_users.h"

#include <charconv>
#include <chrono>
#include <set>
#include <string_view>
#include <utility>

#include "common/base/username.h"
#include "helperd/accounts/sources/passwd_sources.h"
#include "helperd/accounts/sources/text_file.h"

namespace twofactor {
namespace {

// Shorter than a worker's deadline, so that a slow directory gives some answers each time.
constexpr std::chrono::seconds kTime{2};

using Known = std::set<std::pair<std::string_view, uid_t>>;

Known KnownIn(std::string_view passwd) {
  Known known;
  for (const std::string_view line : LinesOf(passwd)) {
    const auto fields = FieldsOf(line, ':');
    uid_t uid = 0;
    if (fields.size() < 3) {
      continue;
    }
    const char* const end = fields[2].data() + fields[2].size();
    const auto [parsed, error] = std::from_chars(fields[2].data(), end, uid);
    if (error == std::errc() && parsed == end) {
      known.emplace(fields[0], uid);
    }
  }
  return known;
}

}  // namespace

Result<std::vector<UserCheck>> CheckUsers(const std::vector<UserToCheck>& users,
                                          const SystemLayout& layout, Progress& progress) {
  progress.Enter(layout.passwd);
  const auto passwd = ReadSystemFile(layout.passwd);
  const auto nsswitch = ReadSystemFile(layout.nsswitch);
  if (!nsswitch) {
    return Fail(nsswitch.error());
  }
  const auto sources = ParsePasswdSources(*nsswitch);
  // If it cannot be read completely, NSS is asked.
  const Known known = passwd ? KnownIn(*passwd) : Known();
  const auto lookups = SystemPasswdLookups();
  progress.Enter("the passwd database (NSS)");
  const auto end = std::chrono::steady_clock::now() + kTime;
  std::vector<UserCheck> checks;
  for (const UserToCheck& user : users) {
    if (!checks.empty() && std::chrono::steady_clock::now() >= end) {
      break;
    }
    if (known.contains({user.name, user.uid})) {
      checks.push_back({.state = UserCheck::State::kKnown, .uid = user.uid});
    } else if (Username::Parse(user.name)) {
      checks.push_back(CheckUser(user, sources, lookups));
    } else {
      checks.push_back({.reason = "this is not a valid name"});
    }
  }
  return checks;
}

}  // namespace twofactor
