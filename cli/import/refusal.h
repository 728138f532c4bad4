#ifndef TWOFACTOR_CLI_IMPORT_REFUSAL_H_
#define TWOFACTOR_CLI_IMPORT_REFUSAL_H_

#include <string>
#include <string_view>
#include <utility>

#include "cli/import/report.h"
#include "common/base/result.h"

namespace twofactor {

// What cannot be imported, in the words that a report shows.
inline tl::unexpected<Error> Refuse(std::string_view what) {
  return Fail(ErrorCode::kInvalidParams, std::string(what));
}

inline void Refuse(ImportRow& row, std::string reason) {
  row.outcome = Outcome::kRefused;
  row.reason = std::move(reason);
}

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_REFUSAL_H_
