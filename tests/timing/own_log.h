#ifndef TWOFACTOR_TESTS_TIMING_OWN_LOG_H_
#define TWOFACTOR_TESTS_TIMING_OWN_LOG_H_

#include <string>
#include <vector>

#include "common/base/unique_fd.h"

namespace twofactor::timing {

// A /dev/log, and journal, that this process alone sees, in a mount namespace of its own: what the
// module logs costs what it costs elsewhere, and can be looked at. Root only.
class OwnLog {
 public:
  // Throws where the system does not let it.
  OwnLog();

  // The lines since the last time, or entries in the journal's native protocol.
  std::vector<std::string> TakeLines();

 private:
  UniqueFd socket_;
};

// What all lines on tries that came to the same end have in common: the text without time, process,
// user and reason, or the names of the journal's fields.
std::string ShapeOf(const std::string& line, const std::string& name);

}  // namespace twofactor::timing

#endif  // TWOFACTOR_TESTS_TIMING_OWN_LOG_H_
