#ifndef TWOFACTOR_HELPERD_TWOFACTORD_CONFIG_KEYS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_CONFIG_KEYS_H_

#include <string>
#include <string_view>

#include "helperd/twofactord/config/config.h"

namespace twofactor {

// One key of the configuration file: where it stands, and how its value is set. `set` gives what is
// wrong with the value, empty if nothing.
struct ConfigKey {
  std::string_view section;
  std::string_view name;
  std::string (*set)(Config& config, std::string_view value);
};

// None for a key that does not exist.
const ConfigKey* FindConfigKey(std::string_view section, std::string_view name);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_CONFIG_KEYS_H_
