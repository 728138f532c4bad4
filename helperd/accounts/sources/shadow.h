#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SHADOW_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SHADOW_H_

#include <optional>
#include <string>

#include "common/base/result.h"

namespace twofactor {

// A user's line in shadow(5). Days count from 1970-01-01; -1: not set.
struct ShadowEntry {
  std::string hash;
  long last_change = -1;
  long expires = -1;
};

// Looks up NSS' shadow database (getspnam_r(3)). None: the user has no entry, like directory users.
// Fails with kUnavailable.
Result<std::optional<ShadowEntry>> FindShadow(const std::string& name);

// Returns whether no password can match: '*', '!', '!!' or the like in place of a hash.
bool HasNoUsableHash(const ShadowEntry& entry);
// Returns whether the account is locked, as with 'usermod -L', or has expired.
bool IsLocked(const ShadowEntry& entry, long today);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SHADOW_H_
