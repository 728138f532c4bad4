#ifndef TWOFACTOR_CLI_IMPORT_WHOLE_FILE_H_
#define TWOFACTOR_CLI_IMPORT_WHOLE_FILE_H_

#include <cstddef>
#include <string>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"

namespace twofactor {

// A million lines of users.oath.
inline constexpr std::size_t kMaxImportBytes = 128UL * 1024 * 1024;

// Everything that can be read from `descriptor`, to its end. Fails with kTooLarge above
// `most_bytes`, kInvalidParams for a folder, kInternal where it cannot be read.
Result<SecretBytes> ReadToEnd(int descriptor, std::size_t most_bytes);

// The file at `path`, or standard input where that is "-". Fails with kInvalidParams where it
// cannot be opened, and as ReadToEnd does.
Result<SecretBytes> ReadWholeFile(const std::string& path, std::size_t most_bytes);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_WHOLE_FILE_H_
