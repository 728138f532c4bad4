#ifndef TWOFACTOR_CLI_IMPORT_CONTAINER_KEY_H_
#define TWOFACTOR_CLI_IMPORT_CONTAINER_KEY_H_

#include <string>

#include "cli/import/pskc_values.h"
#include "cli/terminal.h"
#include "common/base/result.h"

namespace twofactor {

// What opens an encrypted PSKC container: the first line of `key_file`, or of what a person types
// at the terminal, unseen, where that is empty. A pre-shared key is in hexadecimal.
//
// Fails with kInvalidParams where it is no such key, or nobody can be asked; as ReadWholeFile does.
Result<SecretBytes> ContainerKey(PskcKeyKind kind, const std::string& key_file, Terminal& terminal);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_CONTAINER_KEY_H_
