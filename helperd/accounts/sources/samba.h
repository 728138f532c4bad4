#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SAMBA_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SAMBA_H_

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/accounts/child.h"

namespace twofactor {

// A user in Samba's passdb (pdbedit(8)).
struct SambaAccount {
  std::string sid;
  std::optional<std::string> nt_hash;  // None: no password is set.
  bool enabled = false;
};

std::vector<std::string> PdbeditArguments(const std::string& user);
// Reads pdbedit's output; none if the user is not in the passdb. Fails with kUnavailable, naming
// pdbedit.
Result<std::optional<SambaAccount>> ReadPdbedit(const ChildOutput& output);

// Winbind's IDs of a directory's users (wbinfo(1)).
std::vector<std::string> NameToSidArguments(const std::string& user);
// Reads wbinfo's output; none if winbind is not running, or the user is not in its domains. Fails
// with kUnavailable.
Result<std::optional<std::string>> ReadNameToSid(const ChildOutput& output);

std::vector<std::string> SidToIdArguments(const std::string& sid);
// Returns `id_type_both`: whether the SID is both a uid and a gid in winbind's idmap. Fails with
// kUnavailable.
Result<bool> ReadIsIdTypeBoth(const ChildOutput& output);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SAMBA_H_
