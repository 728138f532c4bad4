#ifndef TWOFACTOR_CLI_IMPORT_USED_CODE_H_
#define TWOFACTOR_CLI_IMPORT_USED_CODE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/secret_bytes.h"
#include "common/otp/otp_parameters.h"

// Which counter or step a code that somebody used was of, so that it is not taken again here.
// Thread-safe.
namespace twofactor {

// The first of the `count` counters from `first` on whose code (RFC 4226) is `code`; none if there
// is none, or `secret` makes no codes. `digits` is 6 to 8.
std::optional<std::uint64_t> CounterOf(const SecretBytes& secret, int digits, std::uint64_t first,
                                       int count, std::string_view code);

// The step nearest to one of `times`, at most `reach` steps from it, whose code is `code`; of two
// the later one, as whoever uses it up closes the other, too.
std::optional<TimeStep> StepOf(const SecretBytes& secret, const OtpParameters& parameters,
                               const std::vector<WallTime>& times, TimeStep reach,
                               std::string_view code);

// The moments that "YYYY-MM-DDThh:mm:ssL", local time, may mean: two of them where clocks were put
// back. Empty where it is not such a time. Reads the machine's time zone (tzset(3)).
std::vector<WallTime> LocalTimesOf(const std::string& text);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_USED_CODE_H_
