#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_SYSTEM_FACTS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_SYSTEM_FACTS_H_

#include <nlohmann/json.hpp>
#include <string>

#include "common/base/clock.h"

namespace twofactor {

// This machine's name.
std::string HostName();
// "twofactor-0.1.0": the product, and its version, as TrueNAS writes its own.
std::string ProductAndVersion();
// What system.info answers: what the kernel tells everybody, and null for what it does not.
nlohmann::json SystemInfo(const Clock& clock);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_SYSTEM_FACTS_H_
