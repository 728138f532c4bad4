#ifndef TWOFACTOR_CLI_STACK_STACK_PLAN_H_
#define TWOFACTOR_CLI_STACK_STACK_PLAN_H_

#include <string>
#include <vector>

#include "cli/doctor/pam_folder.h"
#include "cli/stack/known_services.h"
#include "common/base/result.h"

namespace twofactor {

// How a service's file is to be written, so that its program can ask for password and code.
struct StackPlan {
  std::vector<std::string> lines;     // Of the password and of the code.
  std::vector<std::string> replaced;  // The lines of the file in whose place they stand.
  std::string before;                 // The file as it is; empty where there is none.
  std::string after;
};

// Plans the auth lines of a service: password and code in one line, or our line behind what asks
// for the password. Everything else in the file stays. Options of a line of ours that the service
// has already are kept; where it has none, users without a second factor get in (nullok). Fails
// with kConflict, and says why, where the lines cannot be changed by a rule. A pure function of
// what `folder` reads.
Result<StackPlan> PlanStack(const KnownService& service, const PamFolder& folder);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_STACK_STACK_PLAN_H_
