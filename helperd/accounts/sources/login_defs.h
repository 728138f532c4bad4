#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOGIN_DEFS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOGIN_DEFS_H_

#include <cstdint>
#include <string_view>

namespace twofactor {

// The ID ranges for regular users in login.defs(5), with the defaults of the shadow tools.
struct IdRanges {
  std::uint32_t uid_min = 1000;
  std::uint32_t uid_max = 60000;
  std::uint32_t gid_min = 1000;
  std::uint32_t gid_max = 60000;

  bool IsBuiltinUid(std::uint32_t uid) const { return uid < uid_min || uid > uid_max; }
  bool IsBuiltinGid(std::uint32_t gid) const { return gid < gid_min || gid > gid_max; }
};

// Reads them from the text of the file. A pure function.
IdRanges ParseLoginDefs(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOGIN_DEFS_H_
