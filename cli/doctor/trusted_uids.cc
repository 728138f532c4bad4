#include "cli/doctor/trusted_uids.h"

#include <ini.h>
#include <pwd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>
#include <system_error>

#include "cli/stdio_file.h"

namespace twofactor {
namespace {

constexpr const char* kConfigFile = "/etc/twofactor/twofactord.conf";
constexpr std::string_view kDividers = " \t,";

void AddUids(std::string_view list, std::set<uid_t>& uids) {
  while (!list.empty()) {
    const std::string_view word = list.substr(0, list.find_first_of(kDividers));
    uid_t uid = 0;
    const char* end = word.data() + word.size();
    if (std::from_chars(word.data(), end, uid) == std::from_chars_result{end, std::errc()}) {
      uids.insert(uid);
    }
    list.remove_prefix(word.size() < list.size() ? word.size() + 1 : list.size());
  }
}

int OnKey(void* user, const char* section, const char* name, const char* value) {
  if (std::strcmp(section, "verify") == 0 && std::strcmp(name, "trusted_uids") == 0) {
    AddUids(value, *static_cast<std::set<uid_t>*>(user));
  }
  return 1;
}

}  // namespace

std::optional<std::set<uid_t>> ReadTrustedUids(const std::string& root) {
  const StdioFile file(std::fopen((root + kConfigFile).c_str(), "re"));
  if (!file) {
    return errno == ENOENT ? std::optional(std::set<uid_t>()) : std::nullopt;
  }
  std::set<uid_t> uids;
  ini_parse_file(file.get(), OnKey, &uids);
  return uids;
}

std::optional<uid_t> ReadLocalUid(const std::string& root, const std::string& user) {
  const StdioFile file(std::fopen((root + "/etc/passwd").c_str(), "re"));
  while (file) {
    const passwd* entry = fgetpwent(file.get());
    if (entry == nullptr) {
      break;
    }
    if (user == entry->pw_name) {
      return entry->pw_uid;
    }
  }
  return std::nullopt;
}

}  // namespace twofactor
