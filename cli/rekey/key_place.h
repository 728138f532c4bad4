#ifndef TWOFACTOR_CLI_REKEY_KEY_PLACE_H_
#define TWOFACTOR_CLI_REKEY_KEY_PLACE_H_

#include <string>

#include "cli/key_kind.h"
#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/base/unique_fd.h"

namespace twofactor {

// What seals and opens a credential.
struct KeyTools {
  std::string seal;  // seal-vault-key: the key on standard input, into the file that it is told.
  std::string open = "systemd-creds";
};

// The place of the vault's key: the file that the daemon's next start reads.
//
// Of two processes that change it one has the place, as long as its object lives; a killed one
// keeps nobody out.
class KeyPlace {
 public:
  // The only key among the usual places below `root`, or the file `key_file` unless that is empty.
  // Fails with kConflict where there is none, several, or another process has it; kNotPermitted
  // where the caller may not look.
  static Result<KeyPlace> Take(const std::string& root, const std::string& key_file,
                               KeyTools tools);

  const std::string& path() const { return path_; }
  KeyKind kind() const;
  // The key: 64 hexadecimal digits. Fails with kUnavailable or kNotPermitted.
  Result<SecretBytes> Read() const;
  // Puts another key into the place, sealed again where the last one was: whole, on disk and proven
  // to open, or not at all. The same failures.
  Result<void> Put(const SecretBytes& key) const;

 private:
  KeyPlace(std::string path, bool sealed, KeyTools tools, UniqueFd folder)
      : path_(std::move(path)),
        sealed_(sealed),
        tools_(std::move(tools)),
        folder_(std::move(folder)) {}

  Result<SecretBytes> ReadFrom(const std::string& path) const;
  Result<void> Write(const SecretBytes& key, const std::string& path) const;

  std::string path_;
  bool sealed_;
  KeyTools tools_;
  UniqueFd folder_;  // Locked.
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_REKEY_KEY_PLACE_H_
