#ifndef TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_LEDGER_UPGRADE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_LEDGER_UPGRADE_H_

#include <sys/types.h>

#include <cstdint>

#include "common/base/paths.h"
#include "common/base/result.h"

namespace twofactor {

// The last version whose slots had one word of failures: 16 bytes, {use, failures}.
inline constexpr std::uint32_t kLedgerVersionOfOneBudget = 2;

// Converts the existing ledger of version kLedgerVersionOfOneBudget to the present version, with
// all uses. Removes the old name first: a login that is granted has consumed its step before that,
// and it is copied; one that consumes later finds no name and is refused (Ledger::Consume). A
// daemon that is killed in between leaves no ledger, and the next start makes one by the epoch
// rule. Fails with kUnknownVersion for any other file, which does not change, kCorrupt or
// kUnavailable.
Result<void> UpgradeLedger(const RunPaths& paths, uid_t owner);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_LEDGER_UPGRADE_H_
