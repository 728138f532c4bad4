#ifndef TWOFACTOR_CLI_PASSPHRASE_H_
#define TWOFACTOR_CLI_PASSPHRASE_H_

#include "cli/arguments.h"
#include "cli/terminal.h"
#include "common/base/result.h"
#include "common/base/secret_bytes.h"

namespace twofactor {

// A shorter one is warned of.
inline constexpr std::size_t kFewPassphraseCharacters = 12;

// The passphrase of a backup: the first line of --passphrase-file, else asked for, `twice` where it
// is a new one, else the first line of standard input. The file must be a regular file of the
// caller's (or of root's) that nobody else can read. Warns of a short new one. Fails with
// kInvalidParams where there is none, it is empty, too long or not UTF-8, or the two differ;
// kNotPermitted where others can read the file.
Result<SecretBytes> AskPassphrase(const CliArguments& arguments, Terminal& terminal, bool twice);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_PASSPHRASE_H_
