#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUBUID_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUBUID_H_

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string_view>

namespace twofactor {

// Returns `userns_idmap` from the text of /etc/subuid (subuid(5)): "DIRECT" if root may map the
// user's own uid, else the first uid of the user's range if that has exactly one, else null. A pure
// function.
nlohmann::json UsernsIdmapOf(std::string_view subuid_text, std::string_view name, uid_t uid);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUBUID_H_
