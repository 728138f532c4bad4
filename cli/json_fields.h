#ifndef TWOFACTOR_CLI_JSON_FIELDS_H_
#define TWOFACTOR_CLI_JSON_FIELDS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

// Fields of the daemon's answers. One that is not there, or of another type, as from a daemon of
// another version, is empty and never an exception. Pure functions.
namespace twofactor {

std::string TextAt(const nlohmann::json& object, const char* key);
std::int64_t NumberAt(const nlohmann::json& object, const char* key);
bool TruthAt(const nlohmann::json& object, const char* key, bool without = false);
nlohmann::json ObjectAt(const nlohmann::json& object, const char* key);
nlohmann::json ListAt(const nlohmann::json& object, const char* key);

// As one line; a name that is not UTF-8 has its bytes replaced.
std::string LineOf(const nlohmann::json& value);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_JSON_FIELDS_H_
