#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_KEY_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_KEY_H_

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"

namespace twofactor {

// The key that seals the vault: 256 bits, written as 64 hexadecimal digits wherever it is kept.
// Holding one says that somebody may open secrets; only the vault takes it.
class VaultKey {
 public:
  static constexpr std::size_t kBytes = 32;

  // Fails with kInvalidParams where `text` is not 64 hexadecimal digits and at most a line end.
  static Result<VaultKey> Parse(std::string_view text);
  // Fails with kCorrupt where there are not kBytes of them.
  static Result<VaultKey> FromBytes(SecretBytes bytes);
  // From OpenSSL's CSPRNG. Fails with kInternal.
  static Result<VaultKey> Generate();

  const SecretBytes& bytes() const { return bytes_; }
  VaultKey Clone() const { return VaultKey(bytes_.Clone()); }
  // In constant time.
  bool Equals(const VaultKey& other) const { return bytes_.Equals(other.bytes_); }
  // As it is written to a key file, with a line end.
  SecretBytes ToText() const;

 private:
  explicit VaultKey(SecretBytes bytes) : bytes_(std::move(bytes)) {}

  SecretBytes bytes_;
};

// Where the key is: a credential that systemd passed (its file is systemd's to protect) or a key
// file.
struct KeySource {
  enum class Kind { kCredential, kFile } kind;
  std::string path;
  std::string kept_at;  // Where an administrator puts it, for messages.
};

// The credential named kSealedKeyCredential or kPlainKeyCredential in `credentials_directory`
// ($CREDENTIALS_DIRECTORY, empty for none) if it is there, else `key_file`.
KeySource FindKeySource(const std::string& credentials_directory, const std::string& key_file);

// Reads the key. A key file must be a regular file of root's or of this process' user that nobody
// else may read. Fails with kUnavailable where there is none, kNotPermitted where it is not safe,
// kInvalidParams where it is not a key; the message says what to do.
Result<VaultKey> ReadKey(const KeySource& source);

// Makes a key file with a new key, durably, readable by its owner alone. Calls `before_it_counts`
// once the key is on disk and has no name yet; where that fails, no key is made. Never overwrites:
// fails with kConflict where there is one.
Result<VaultKey> MakeKeyFile(
    const std::string& path,
    const std::function<Result<void>()>& before_it_counts = [] { return Result<void>(); });

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_KEY_H_
