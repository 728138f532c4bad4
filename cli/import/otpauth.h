#ifndef TWOFACTOR_CLI_IMPORT_OTPAUTH_H_
#define TWOFACTOR_CLI_IMPORT_OTPAUTH_H_

#include <string>
#include <string_view>

#include "cli/import/imported_user.h"
#include "cli/import/otpauth_migration.h"
#include "cli/import/user_list.h"
#include "common/base/result.h"

namespace twofactor {

// Reads one "otpauth://totp/LABEL?secret=…" or "otpauth://hotp/…&counter=N" URI of whatever file.
// Its parameters are those of the Key URI format: secret, issuer, algorithm (SHA1, SHA256, SHA512),
// digits, period, counter; those of pictures are passed. One that cannot be used or is not known is
// the entry's refusal, and so is what is no such URI. `otherwise` are the names where the URI has
// none.
ImportedEntry ReadOtpauthUri(std::string_view uri, std::string place, const UserList& users,
                             const EntryNames& otherwise = {});

// The users of URIs that are read one after the other, otpauth:// and otpauth-migration:// ones. A
// user may have several. Nothing is known of codes that were used. `context` must outlive it, and
// so must the URIs.
class UriReader {
 public:
  explicit UriReader(const ImportContext& context) : users_(context) {}

  // Fails as MigrationParts::Read does, and with kInvalidParams where the URI is too long.
  Result<void> Read(std::string_view uri, const std::string& place);
  // Fails as UserList::Finish and MigrationParts::CheckWhole do.
  Result<ImportedUsers> Finish() &&;

 private:
  UserList users_;
  MigrationParts parts_;
};

// The users of a file of URIs, one a line; empty lines and those that begin with '#' do not count.
// Thread-safe.
Result<ImportedUsers> ParseUris(std::string_view text, const ImportContext& context);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_OTPAUTH_H_
