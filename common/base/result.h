#ifndef TWOFACTOR_COMMON_BASE_RESULT_H_
#define TWOFACTOR_COMMON_BASE_RESULT_H_

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "common/base/error.h"

namespace twofactor {

// A value, or the error why there is none. Libraries return errors; entry points log them, once.
template <typename T>
using Result = tl::expected<T, Error>;

// Returns the failed half of any Result: `return Fail(ErrorCode::kCorrupt, "ledger: short
// header");`
inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error(code, std::move(message)));
}

inline tl::unexpected<Error> Fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_RESULT_H_
