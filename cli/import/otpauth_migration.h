#ifndef TWOFACTOR_CLI_IMPORT_OTPAUTH_MIGRATION_H_
#define TWOFACTOR_CLI_IMPORT_OTPAUTH_MIGRATION_H_

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "cli/import/user_list.h"
#include "common/base/result.h"

namespace twofactor {

// What Google Authenticator exports: "otpauth-migration://offline?data=…" URIs, each a part of an
// export or the whole of it (otp_migration.proto). All its TOTP accounts have 30 seconds. Not
// synchronized.
class MigrationParts {
 public:
  // Adds the accounts of one URI, which must outlive this object; of the same one again, nothing: a
  // picture scanned twice is no second device. An account that cannot be used is a refusal of its
  // user. Fails with kInvalidParams, naming `place`, where it is no such URI.
  Result<void> Read(std::string_view uri, const std::string& place, UserList& users);

  // Fails with kInvalidParams where a part of an export is missing: one picture forgotten would be
  // a user without a device.
  Result<void> CheckWhole() const;

 private:
  struct Export {
    int size = 0;
    std::set<int> parts;
  };
  std::map<int, Export> exports_;
  std::set<std::string_view> seen_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_OTPAUTH_MIGRATION_H_
