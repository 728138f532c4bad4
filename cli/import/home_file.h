#ifndef TWOFACTOR_CLI_IMPORT_HOME_FILE_H_
#define TWOFACTOR_CLI_IMPORT_HOME_FILE_H_

#include <chrono>
#include <optional>
#include <string>

#include "cli/import/accounts.h"
#include "common/base/result.h"
#include "common/base/secret_bytes.h"

namespace twofactor {

// Where pam_google_authenticator looks, in the words of --path: %h is the home, %u the name.
inline constexpr const char* kGooglePath = "%h/.google_authenticator";
// For one user's file: a network file system that hangs must not keep the others waiting.
inline constexpr std::chrono::seconds kHomeFileTime{5};

// The path of a user's file: %h, %u and %% of `pattern`, which must come out absolute. Fails with
// kInvalidParams otherwise.
Result<std::string> PathFor(const std::string& pattern, const Account& account);

// The file at `path`, read by a child process that has become that user for good (groups, gid,
// uid), so that whoever owns the folders on the way can lead it only to what the user may read
// anyway. Files of somebody else, files that others may read or write, links and what is not a
// regular file are refused, as pam_google_authenticator refuses them. The caller is root.
//
// None where there is no such file. Fails with kNotPermitted where it may not be used, kTooLarge
// above kMaxGoogleFileBytes, kTimedOut, and kInternal where no child can be had.
Result<std::optional<SecretBytes>> ReadAsUser(const Account& account, const std::string& path,
                                              std::chrono::milliseconds timeout = kHomeFileTime);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_HOME_FILE_H_
