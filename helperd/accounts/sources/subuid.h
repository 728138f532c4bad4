#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUBUID_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUBUID_H_

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string_view>

namespace twofactor {

// `userns_idmap` from the text of /etc/subuid (subuid(5)): "DIRECT" where root may map the user's
// own uid, else the first uid of the user's range where that holds exactly one, else null. Pure.
nlohmann::json UsernsIdmapOf(std::string_view subuid_text, std::string_view name, uid_t uid);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUBUID_H_
