#ifndef TWOFACTOR_CLI_KEY_KIND_H_
#define TWOFACTOR_CLI_KEY_KIND_H_

#include <string>
#include <string_view>

namespace twofactor {

// What it takes to open the vault's key.
enum class KeyKind {
  kFile,     // Nothing but to read it.
  kHost,     // The secret of this installation (systemd-creds(1)).
  kTpm,      // The TPM of this machine.
  kHostTpm,  // Both.
  kSealed,   // Something that a newer systemd knows.
};

// What the file of an encrypted credential says of itself in its first bytes, which are no secret.
// kSealed for one that cannot be read.
KeyKind KindOfSealedKey(const std::string& path);

// "file", "host", "tpm", "host+tpm", "sealed": as --json has it.
std::string_view NameOf(KeyKind kind);
// For a sentence: "a file", "bound to the TPM of this machine and to this installation".
std::string TextOf(KeyKind kind);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_KEY_KIND_H_
