#ifndef TWOFACTOR_CLI_DOCTOR_TRUSTED_UIDS_H_
#define TWOFACTOR_CLI_DOCTOR_TRUSTED_UIDS_H_

#include <sys/types.h>

#include <optional>
#include <set>
#include <string>

namespace twofactor {

// Whose processes may verify the codes of others, by [verify] trusted_uids of a system's
// twofactord.conf (twofactord.conf(5)): nobody where the file is not there or has no such key; none
// where the caller may not read it.
std::optional<std::set<uid_t>> ReadTrustedUids(const std::string& root);

// The uid of a user that the system itself has (passwd(5)).
std::optional<uid_t> ReadLocalUid(const std::string& root, const std::string& user);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_TRUSTED_UIDS_H_
