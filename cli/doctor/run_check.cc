#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <string>

#include "cli/doctor/checks.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using Level = Finding::Level;

constexpr mode_t kPermissions = 07777;

void CheckSocket(const RunPaths& paths, uid_t owner, Findings& findings) {
  struct stat status {};
  if (lstat(paths.ApiSocket().c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) {
    findings.push_back({Level::kProblem, "run.socket-missing",
                        Say("There is no socket at %1.", paths.ApiSocket()),
                        "systemctl start twofactord.socket"});
    return;
  }
  if (status.st_uid != 0 && status.st_uid != owner) {
    findings.push_back({Level::kProblem, "run.socket-owner",
                        Say("%1 belongs to uid %2: somebody else stands in the daemon's place.",
                            paths.ApiSocket(), status.st_uid),
                        Say("Find out who made it, then: systemctl restart twofactord.socket")});
  }
  constexpr mode_t kForEverybody = 0666;
  if ((status.st_mode & kForEverybody) != kForEverybody) {
    findings.push_back(
        {Level::kWarning, "run.socket-mode",
         Say("%1 is not open to everybody: screen lockers and users cannot ask the daemon.",
             paths.ApiSocket()),
         Say("Set 'SocketMode=0666' in twofactord.socket.")});
  }
}

// It tells of users whatever it is asked, and is for the daemon alone.
void CheckAccountsSocket(const RunPaths& paths, Findings& findings) {
  struct stat status {};
  if (lstat(paths.AccountsSocket().c_str(), &status) == 0 &&
      (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    findings.push_back({Level::kProblem, "run.accounts-open",
                        Say("%1 is open to others than the daemon.", paths.AccountsSocket()),
                        Say("Set 'SocketMode=0600' in twofactor-accounts.socket.")});
  }
}

// A file of the live store: secrets and what was used of them.
void CheckFile(const std::string& path, uid_t owner, Findings& findings) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    findings.push_back({Level::kProblem, "run.file-missing", Say("There is no %1.", path),
                        Say("The daemon makes it: systemctl restart twofactord")});
    return;
  }
  constexpr mode_t kOwnersAlone = 0600;
  if (!S_ISREG(status.st_mode) || status.st_uid != owner ||
      (status.st_mode & kPermissions) != kOwnersAlone) {
    findings.push_back(
        {Level::kProblem, "run.file-open", Say("%1 is not a file of the daemon's alone.", path),
         Say("Stop twofactord, delete the file, start twofactord, and give new secrets"
             " to users whose secret somebody may have read.")});
  }
}

bool IsInMemory(const std::string& directory) {
  struct statfs status {};
  return statfs(directory.c_str(), &status) == 0 &&
         (status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC);
}

}  // namespace

Findings CheckRunDirectory(const RunPaths& paths) {
  const std::string& directory = paths.directory();
  struct stat status {};
  if (lstat(directory.c_str(), &status) != 0) {
    return {{Level::kProblem, "run.missing", Say("There is no %1.", directory),
             "systemd-tmpfiles --create && systemctl restart twofactord.socket"}};
  }
  Findings findings;
  if (!S_ISDIR(status.st_mode)) {
    return {
        {Level::kProblem, "run.no-directory", Say("%1 is not a directory.", directory),
         Say("Delete it, then: systemd-tmpfiles --create && systemctl restart twofactord.socket")}};
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    findings.push_back({Level::kProblem, "run.open",
                        Say("Others than its owner may put files into %1.", directory),
                        "chmod 755 " + directory});
  }
  CheckSocket(paths, status.st_uid, findings);
  CheckAccountsSocket(paths, findings);
  for (const std::string& path : {paths.Index(), paths.Records(), paths.Ledger()}) {
    CheckFile(path, status.st_uid, findings);
  }
  if (!IsInMemory(directory)) {
    findings.push_back({Level::kWarning, "run.on-disk",
                        Say("%1 is not in memory (tmpfs): secrets reach a disk.", directory),
                        Say("Use a directory below /run.")});
  }
  if (findings.empty()) {
    findings.push_back(
        {Level::kOk, "run", Say("%1 is the daemon's alone, and in memory.", directory), ""});
  }
  return findings;
}

}  // namespace twofactor
