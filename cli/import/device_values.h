#ifndef TWOFACTOR_CLI_IMPORT_DEVICE_VALUES_H_
#define TWOFACTOR_CLI_IMPORT_DEVICE_VALUES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/import/fields.h"
#include "cli/import/imported_user.h"
#include "common/base/result.h"

// The values of a device as files write them: one reading for every format. All fail with
// kInvalidParams, in the words of a report. Pure functions, thread-safe.
namespace twofactor {

// "totp" or "hotp", in any case.
Result<ImportedDevice::Type> TypeIn(std::string_view text);

// SHA1, SHA256 or SHA512 in every spelling that can mean only that: "SHA-256", "HmacSHA256",
// "hmac_sha256".
Result<OtpAlgorithm> AlgorithmIn(std::string_view text);

// 6 to 8.
Result<int> DigitsIn(std::string_view text);

// A whole number of seconds from kMinInterval to kMaxInterval.
Result<std::chrono::seconds> IntervalIn(std::string_view text);

// 0 to 2^62.
Result<HotpCounter> CounterIn(std::string_view text);

// 1 to kMaxSecretBytes bytes; none stands for what could not be decoded.
Result<SecretBytes> SecretFrom(std::optional<SecretBytes> decoded);

// What a file says of a device besides its secret, as it is written there; none where it says
// nothing, and what its format takes then counts: TOTP, SHA1, 6 digits, 30 seconds.
struct WrittenDevice {
  std::optional<std::string_view> type;
  std::optional<std::string_view> algorithm;
  std::optional<std::string_view> digits;
  std::optional<std::string_view> interval;  // TOTP
  std::optional<std::string_view> counter;   // HOTP: 0 with a note where there is none.
};
// Under the names that most formats have: "digits", "period", "counter", and one for the algorithm.
// Valid until the next Add. The type is the caller's.
WrittenDevice TakeWritten(Fields& fields, std::string_view algorithm = "algorithm");

Result<ImportedDevice> DeviceFrom(const WrittenDevice& written, std::optional<SecretBytes> secret,
                                  std::vector<std::string>& notes);

// The same of fields of which everything must be understood by now.
Result<ImportedDevice> DeviceFrom(const Fields& fields, const WrittenDevice& written,
                                  std::optional<SecretBytes> secret,
                                  std::vector<std::string>& notes);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_DEVICE_VALUES_H_
