#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOGIN_DEFS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOGIN_DEFS_H_

#include <cstdint>
#include <string_view>

namespace twofactor {

// The ranges of people's ids in login.defs(5), with the values that the shadow tools take where the
// file says nothing.
struct IdRanges {
  std::uint32_t uid_min = 1000;
  std::uint32_t uid_max = 60000;
  std::uint32_t gid_min = 1000;
  std::uint32_t gid_max = 60000;

  bool IsBuiltinUid(std::uint32_t uid) const { return uid < uid_min || uid > uid_max; }
  bool IsBuiltinGid(std::uint32_t gid) const { return gid < gid_min || gid > gid_max; }
};

// From the text of the file. Pure.
IdRanges ParseLoginDefs(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_LOGIN_DEFS_H_
