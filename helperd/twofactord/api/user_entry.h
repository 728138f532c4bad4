#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_USER_ENTRY_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_USER_ENTRY_H_

#include <nlohmann/json.hpp>
#include <optional>

#include "helperd/twofactord/api/call.h"

namespace twofactor {

// The whole entry of a user (the reference's UserRenew2faSecretResult) for this session's caller,
// who is known, with the fields of the version that the session asked for: what the system says,
// with hashes redacted for whoever may not see them, and what the vault and the roles add.
// `twofactor_config` is the device's without its URI.
nlohmann::json MakeUserEntry(Session& session, nlohmann::json described,
                             const std::optional<DeviceState>& device);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_USER_ENTRY_H_
