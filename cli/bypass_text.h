#ifndef TWOFACTOR_CLI_BYPASS_TEXT_H_
#define TWOFACTOR_CLI_BYPASS_TEXT_H_

#include <nlohmann/json.hpp>
#include <string>

namespace twofactor {

// How a bypass of the daemon's reads to a person: "Logins of alice ask for no code until 2026-11-25
// 14:05, from root (lost phone).", in the local time. A pure function but for the time zone.
std::string BypassText(const std::string& user, const nlohmann::json& bypass);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_BYPASS_TEXT_H_
