#ifndef TWOFACTOR_CLI_DOCTOR_NULLOK_LINES_H_
#define TWOFACTOR_CLI_DOCTOR_NULLOK_LINES_H_

#include <map>
#include <string>
#include <vector>

#include "cli/doctor/finding.h"
#include "cli/doctor/pam_stack.h"

namespace twofactor {

// The lines with nullok, and the services that come to each: one in common-auth is told of once,
// and not for every service that includes it.
class NullokLines {
 public:
  void Add(const std::string& service, const PamStack& stack);

  // Puts one finding "pam.nullok" in place of the findings "pam.SERVICE.nullok" about a line that
  // several services share. A service with nothing else to say of it is then right.
  void Fold(Findings& findings) const;

 private:
  std::map<std::string, std::vector<std::string>> services_;  // By the line's place.
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_NULLOK_LINES_H_
