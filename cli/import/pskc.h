#ifndef TWOFACTOR_CLI_IMPORT_PSKC_H_
#define TWOFACTOR_CLI_IMPORT_PSKC_H_

#include <string_view>

#include "cli/import/imported_user.h"
#include "cli/import/pskc_values.h"
#include "common/base/result.h"

namespace twofactor {

// The users of a PSKC document (RFC 6030) with HOTP and TOTP keys. Whose a key is, is
// `context.user`, else the UserId of the Key, else that of its DeviceInfo: a distinguished name
// stands for its UID. The serial number, else the key's Id, becomes the device's label.
//
// Counter is the next one that counts; TimeDrift is the device's skew. PINs are told, and not taken
// over. A key that cannot be used is a refusal of its user: not in force (StartDate, ExpiryDate),
// not for one-time passwords, with codes that are not 6 to 8 decimal digits, with a part of the
// policy that is not known (section 5: such a key must not be used). Signatures are not checked,
// and the notes say so.
//
// Fails with kInvalidParams where it is no such document, and as PskcValues::Open does.
// Thread-safe.
Result<ImportedUsers> ParsePskc(std::string_view text, const ImportContext& context,
                                const AskPskcKey& ask);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_PSKC_H_
