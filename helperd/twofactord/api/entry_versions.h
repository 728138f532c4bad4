#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_ENTRY_VERSIONS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_ENTRY_VERSIONS_H_

#include <nlohmann/json.hpp>

#include "helperd/twofactord/rpc/api_version.h"

namespace twofactor {

// The objects whose fields differ between versions of the TrueNAS API.
enum class VersionedObject { kUser, kGroup, kLogin };

// Gives an object, which has the fields of every version or of the reference, those of this one.
void FitToVersion(VersionedObject kind, const ApiVersion& version, nlohmann::json& object);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_ENTRY_VERSIONS_H_
