#ifndef TWOFACTOR_CLI_DOCTOR_NAME_SOURCES_H_
#define TWOFACTOR_CLI_DOCTOR_NAME_SOURCES_H_

#include <string>
#include <vector>

namespace twofactor {

// The sources of the line "passwd:" of an nsswitch.conf(5) that are directories: those which may
// know more users than they list. A pure function.
std::vector<std::string> DirectoriesIn(const std::string& nsswitch);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_NAME_SOURCES_H_
