#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SHELLS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SHELLS_H_

#include <nlohmann/json.hpp>
#include <string_view>

namespace twofactor {

// Returns the login shells in the text of /etc/shells (shells(5)): {"/usr/bin/bash": "bash", …}. A
// pure function.
nlohmann::json ParseShells(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SHELLS_H_
