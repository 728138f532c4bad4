#ifndef TWOFACTOR_PAM_MODULE_DAEMON_ANSWER_H_
#define TWOFACTOR_PAM_MODULE_DAEMON_ANSWER_H_

#include "common/base/result.h"

namespace twofactor {

// Returns the error for a daemon's answer that does not fit the schema of its method
// (twofactor-api(7)).
inline Error AnswerNotUnderstood() {
  return Error(ErrorCode::kCorrupt, "the daemon's answer is not understood");
}

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_DAEMON_ANSWER_H_
