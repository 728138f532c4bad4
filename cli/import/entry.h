#ifndef TWOFACTOR_CLI_IMPORT_ENTRY_H_
#define TWOFACTOR_CLI_IMPORT_ENTRY_H_

#include <nlohmann/json_fwd.hpp>

#include "cli/import/accounts.h"
#include "cli/import/imported_user.h"
#include "common/base/result.h"

namespace twofactor {

// The entry of user.import_2fa_devices (twofactor-api(7)) for a user. The caller wipes it with
// WipeTexts once it was sent. Fails as EncodeBase32 does. Pure.
Result<nlohmann::json> EntryOf(const ImportedUser& user, const Account& account);

// Overwrites every text in `value`; what it held can be sent no more.
void WipeTexts(nlohmann::json& value);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_ENTRY_H_
