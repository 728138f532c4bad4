#ifndef TWOFACTOR_HELPERD_TWOFACTORD_CONFIG_KEYS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_CONFIG_KEYS_H_

#include <string>
#include <string_view>

#include "helperd/twofactord/config/config.h"

namespace twofactor {

// A key of the configuration file: its place, and how its value is set. `set` returns what is wrong
// with the value, empty if nothing.
struct ConfigKey {
  std::string_view section;
  std::string_view name;
  std::string (*set)(Config& config, std::string_view value);
};

// Returns the key, or none if it does not exist.
const ConfigKey* FindConfigKey(std::string_view section, std::string_view name);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_CONFIG_KEYS_H_
