#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_USER_ENTRY_SHAPE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_USER_ENTRY_SHAPE_H_

#include <array>

#include "helperd/messages/shape.h"

namespace twofactor {

// What stands in place of a hash for a caller who may not see it.
inline constexpr const char* kRedacted = "********";
inline constexpr std::array kHashFields = {"unixhash", "smbhash", "password_history"};
// The field that is a moment.
inline constexpr const char* kDateField = "last_password_change";

// The whole entry of a user, the reference's UserRenew2faSecretResult: the DescribedFields, in
// which hashes may be redacted, and what the vault and the roles add.
Shape UserEntryShape();
// The whole entry of a group: the GroupEntryFields that the reference has, and the roles.
Shape GroupEntryShape();
// The reference's UserTwofactorConfigEntry.
Shape TwofactorConfigShape();

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_USER_ENTRY_SHAPE_H_
