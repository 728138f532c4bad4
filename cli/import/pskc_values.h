#ifndef TWOFACTOR_CLI_IMPORT_PSKC_VALUES_H_
#define TWOFACTOR_CLI_IMPORT_PSKC_VALUES_H_

#include <functional>
#include <string>

#include "cli/import/xml_document.h"
#include "common/base/result.h"
#include "common/base/secret_bytes.h"

namespace twofactor {

// What opens an encrypted container: the key itself (RFC 6030 section 6.1), or a passphrase from
// which the container derives it (section 6.2).
enum class PskcKeyKind { kPreShared, kPassphrase };

// Gives what opens the container: the bytes of a key, or the passphrase. Asked once at most, and
// only for a container that is encrypted.
using AskPskcKey = std::function<Result<SecretBytes>(PskcKeyKind)>;

// Opens the secrets of one container. Movable; thread-compatible.
class PskcValues {
 public:
  // `container` is the KeyContainer. Fails with kInvalidParams where it is encrypted in a way that
  // is not known or not secure, or the key is wrong, and as `ask` does.
  static Result<PskcValues> Open(const XmlElement& container, const AskPskcKey& ask);

  // The bytes of a value of Data: its PlainValue, or its EncryptedValue once the ValueMAC is that
  // of the file (RFC 6030 section 6.1.1: never without one). Fails with kInvalidParams.
  Result<SecretBytes> BytesIn(const XmlElement& value) const;

  // The same of a number, as decimal digits: a number in plain, or its digits or big-endian bytes
  // in base64 or encrypted.
  Result<SecretBytes> NumberIn(const XmlElement& value) const;

 private:
  PskcValues() = default;

  Result<SecretBytes> Decrypt(const XmlElement& value, const SecretBytes& data) const;
  Result<void> ReadMacMethod(const XmlElement& container);

  SecretBytes key_;  // Empty where the container is not encrypted.
  SecretBytes mac_key_;
  std::string mac_digest_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_PSKC_VALUES_H_
