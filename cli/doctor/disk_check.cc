#include "cli/doctor/disk_check.h"

#include <sys/statvfs.h>

#include "cli/doctor/checks.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using Level = Finding::Level;

// A commit of SQLite with its log, or a few hundred new users' records.
constexpr std::uint64_t kFewBytes = 4UL * 1024 * 1024;
constexpr std::uint64_t kFewFiles = 16;

Findings CheckDisk(const std::string& part, const std::string& directory) {
  struct statvfs status {};
  if (statvfs(directory.c_str(), &status) != 0) {
    return {};  // That it is not there is told elsewhere.
  }
  DiskSpace space;
  space.free_bytes = static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
  space.free_files = status.f_favail;
  space.has_files = status.f_files != 0;
  space.read_only = (status.f_flag & ST_RDONLY) != 0;
  return JudgeDisk(part, directory, space);
}

}  // namespace

Findings JudgeDisk(const std::string& part, const std::string& directory, const DiskSpace& space) {
  if (space.read_only) {
    return {{Level::kProblem, part + ".read-only",
             Say("%1 is on a file system that is read-only: nobody can enroll, renew or be given a"
                 " bypass.",
                 directory),
             Say("Find out why ('dmesg', 'findmnt -T %1'), and mount it read-write.", directory)}};
  }
  if (space.free_bytes < kFewBytes || (space.has_files && space.free_files < kFewFiles)) {
    const bool none = space.free_bytes == 0 || (space.has_files && space.free_files == 0);
    return {{none ? Level::kProblem : Level::kWarning, part + ".full",
             none ? Say("The file system of %1 is full: changes of second factors fail.", directory)
                  : Say("The file system of %1 is nearly full: changes of second factors will"
                        " fail.",
                        directory),
             Say("Make room: 'df -h %1' and 'df -i %1' show what is left.", directory)}};
  }
  return {};
}

Findings CheckDisks(const std::string& root, const RunPaths& paths) {
  Findings findings =
      CheckDisk("disk", (root == "/" ? "" : root) + std::string(kDefaultStateDirectory));
  const Findings run = CheckDisk("run.disk", paths.directory());
  findings.insert(findings.end(), run.begin(), run.end());
  return findings;
}

}  // namespace twofactor
