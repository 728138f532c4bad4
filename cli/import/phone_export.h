#ifndef TWOFACTOR_CLI_IMPORT_PHONE_EXPORT_H_
#define TWOFACTOR_CLI_IMPORT_PHONE_EXPORT_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "cli/import/fields.h"
#include "cli/import/imported_user.h"
#include "cli/import/pskc_values.h"
#include "cli/import/user_list.h"
#include "common/base/result.h"

// What the readers of exports of authenticator apps and password managers share. Each of them is a
// file of its own, named by its app.
namespace twofactor {

// A JSON document whose texts are wiped in the end: they are secrets. Movable.
class WipedJson {
 public:
  WipedJson() = default;
  explicit WipedJson(nlohmann::json value) : value_(std::move(value)) {}
  ~WipedJson();
  WipedJson(WipedJson&&) = default;
  WipedJson& operator=(WipedJson&&) = default;

  const nlohmann::json& get() const { return value_; }

 private:
  nlohmann::json value_;
};

// Fails with kInvalidParams where the text is no JSON.
Result<WipedJson> ParseJsonText(std::string_view text);

// The same, and where it is not `app`'s by `is`.
Result<WipedJson> ParseExport(std::string_view text, bool (*is)(const nlohmann::json&),
                              const char* app);

// What opens an encrypted export: asks for its passphrase.
using AskPassphrase = AskPskcKey;

// The JSON that `open` makes of the passphrase; none where it is not the right one. Fails with
// kInvalidParams then, and as `ask` does.
using OpenWith = std::function<std::optional<SecretBytes>(const SecretBytes& passphrase)>;
Result<WipedJson> OpenExport(const AskPassphrase& ask, const OpenWith& open);

// The members of an object by name; null is not there, and a list or an object is there without a
// value.
Fields FieldsOf(const nlohmann::json& object);

// One account of an export, taken apart.
struct ExportedAccount {
  std::string issuer;
  std::string account;
  // What its codes may depend on, besides the secret, and what has no meaning for them passed.
  Fields fields;
  std::optional<SecretBytes> secret;  // None where it cannot be decoded.
  // What two of the fields are called there.
  std::string_view type = "type";
  std::string_view algorithm = "algorithm";
};

// The users of a list of accounts. Fails as UserList::Finish does.
Result<ImportedUsers> UsersOfExport(const nlohmann::json& accounts, const ImportContext& context,
                                    ExportedAccount (*read)(const nlohmann::json&));

// Adds what a password manager keeps beside the password of `account` at `title`: an otpauth://
// URI, or a secret in base32 with the format's defaults.
void AddStoredTotp(std::size_t number, std::string_view totp, const std::string& title,
                   const std::string& account, UserList& users);

// Whose export is this? By the members that each has.
bool IsAegis(const nlohmann::json& document);
bool IsTwoFas(const nlohmann::json& document);
bool IsAndOtp(const nlohmann::json& document);
bool IsFreeOtp(const nlohmann::json& document);
bool IsBitwarden(const nlohmann::json& document);

// The users of an export, plain or, but for FreeOTP+, encrypted with a passphrase. Fail with
// kInvalidParams where it is none or cannot be opened, and as `ask` does.
Result<ImportedUsers> ParseAegis(std::string_view text, const ImportContext& context,
                                 const AskPassphrase& ask);
Result<ImportedUsers> ParseTwoFas(std::string_view text, const ImportContext& context,
                                  const AskPassphrase& ask);
Result<ImportedUsers> ParseAndOtp(std::string_view text, const ImportContext& context,
                                  const AskPassphrase& ask);
Result<ImportedUsers> ParseFreeOtp(std::string_view text, const ImportContext& context);
Result<ImportedUsers> ParseBitwarden(std::string_view text, const ImportContext& context,
                                     const AskPassphrase& ask);
// KeePassXC's CSV, by its column "TOTP".
bool IsKeepassxc(std::string_view first_line);
Result<ImportedUsers> ParseKeepassxc(std::string_view text, const ImportContext& context);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_PHONE_EXPORT_H_
