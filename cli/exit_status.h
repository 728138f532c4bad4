#ifndef TWOFACTOR_CLI_EXIT_STATUS_H_
#define TWOFACTOR_CLI_EXIT_STATUS_H_

#include "common/base/error.h"

namespace twofactor {

// What twofactorctl ends with (twofactorctl(1), EXIT STATUS). Scripts count on the numbers.
enum class ExitStatus {
  kOk = 0,
  kNo = 1,            // The answer is no: a wrong code, a problem that doctor found.
  kUsage = 2,         // Wrong arguments.
  kUnreachable = 3,   // The daemon did not answer.
  kNotPermitted = 4,  // The caller may not, or must verify a code first.
  kNoSuchUser = 5,
  kTryLater = 6,  // Rate limited.
  kFailed = 7,    // Anything else.
};

ExitStatus StatusOf(const Error& error);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_EXIT_STATUS_H_
