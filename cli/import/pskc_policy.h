#ifndef TWOFACTOR_CLI_IMPORT_PSKC_POLICY_H_
#define TWOFACTOR_CLI_IMPORT_PSKC_POLICY_H_

#include <string>
#include <vector>

#include "cli/import/xml_document.h"
#include "common/base/clock.h"
#include "common/base/result.h"

namespace twofactor {

// Whether a key may be used at `now` for one-time passwords, by its Policy (RFC 6030 section 5). A
// PINPolicy becomes one of `notes`, and so does an ExpiryDate in the past with `allow_expired`.
// Fails with kInvalidParams, saying what forbids it: StartDate, ExpiryDate, KeyUsage, or anything
// else, as what is not understood must be obeyed. Thread-safe.
Result<void> CheckPskcPolicy(const XmlElement& policy, WallTime now, bool allow_expired,
                             std::vector<std::string>& notes);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_PSKC_POLICY_H_
