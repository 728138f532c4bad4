#ifndef TWOFACTOR_TESTS_TIMING_OWN_LOG_H_
#define TWOFACTOR_TESTS_TIMING_OWN_LOG_H_

#include <string>
#include <vector>

#include "common/base/unique_fd.h"

namespace twofactor::timing {

// A /dev/log that this process alone sees, in a mount namespace of its own: what the module logs
// costs what it costs elsewhere, and can be looked at. Root only.
class OwnLog {
 public:
  // Throws where the system does not let it.
  OwnLog();

  // The lines since the last time, without time and process.
  std::vector<std::string> TakeLines();

 private:
  UniqueFd socket_;
};

}  // namespace twofactor::timing

#endif  // TWOFACTOR_TESTS_TIMING_OWN_LOG_H_
