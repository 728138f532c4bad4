#ifndef TWOFACTOR_CLI_DOCTOR_DISK_CHECK_H_
#define TWOFACTOR_CLI_DOCTOR_DISK_CHECK_H_

#include <cstdint>
#include <string>

#include "cli/doctor/finding.h"

namespace twofactor {

// What a file system has left for those who are not root.
struct DiskSpace {
  std::uint64_t free_bytes = 0;
  std::uint64_t free_files = 0;
  bool has_files = true;  // Some file systems do not count them.
  bool read_only = false;
};

// What is to be said of the file system of the vault ("disk") or of the live store ("run.disk"),
// which `part` names. A pure function.
Findings JudgeDisk(const std::string& part, const std::string& directory, const DiskSpace& space);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_DISK_CHECK_H_
