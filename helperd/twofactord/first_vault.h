#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FIRST_VAULT_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FIRST_VAULT_H_

#include <string>

#include "common/base/paths.h"
#include "common/base/result.h"

// Who may make a new vault. A vault that is not there may be lost (a disk that is not mounted, half
// a restore), and an empty one in its place would let users in who have a second factor. So a vault
// is made only where the state directory holds the file `new-vault`. What makes a key puts it there
// before the key has its name, and 'twofactord --new-vault' does for who starts anew on purpose.
// The daemon removes it once the new vault is on disk. So a kill or a power cut at any moment
// leaves either no key, or a key and the file, or a key and a vault.
namespace twofactor {

// Lets the next start make a vault, durably; makes the directory where there is none. Does nothing
// where that is allowed already. Fails with kConflict where there is a vault, kUnavailable where
// the disk takes no file.
Result<void> AllowNewVault(const StatePaths& paths);

bool MayMakeVault(const StatePaths& paths);

// Makes the vault's name durable, and then forgets that one may be made. Fails with kUnavailable.
Result<void> EndNewVault(const StatePaths& paths);

// That there is no vault where one must be, and what to do. `state` says in what state it was
// found, after "the vault PATH ".
Error LostVault(const StatePaths& paths, const std::string& state);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FIRST_VAULT_H_
