#ifndef TWOFACTOR_CLI_DOCTOR_CHECKS_H_
#define TWOFACTOR_CLI_DOCTOR_CHECKS_H_

#include <string>

#include "cli/connection.h"
#include "cli/doctor/finding.h"
#include "cli/terminal.h"
#include "common/base/paths.h"

// The checks of 'twofactorctl doctor'. Each looks at one part of the machine and never changes
// anything; `root` is "/" or the root of another tree.
namespace twofactor {

struct DaemonReport {
  Findings findings;
  bool answers = false;
  // Where the daemon has its key from, "credential" or "file"; empty where it does not say.
  std::string key_source;
};

// Does the daemon answer, are its stores well, does it learn of users, does the vault's past lie in
// the future?
DaemonReport CheckDaemon(Connection& daemon);
// Whom does an administrator let in without a code?
Findings CheckBypasses(Connection& daemon);
// Does the system still know the users of the vault, under these names? Nothing where the daemon
// does not answer, or does not tell this caller.
Findings CheckStaleUsers(Connection& daemon, Terminal& terminal, const DaemonReport& report);
// Is there a key for the vault, for root alone, a vault for the key, and is it the daemon's? Looks
// at what files are called, whose they are and how long they are; never into them, but for what a
// sealed key says that it is bound to. Says that it cannot know where the caller may not look.
Findings CheckVault(const std::string& root, const DaemonReport& daemon);
// Have two names one uid, of those in the passwd file of `root` and, where that is "/", of those
// that directories list? Each has a second factor of its own. Says so where a directory lists none.
Findings CheckNames(const std::string& root);
// May somebody read or replace what is in the run directory? Would it reach a disk?
Findings CheckRunDirectory(const RunPaths& paths);
// Have the file systems of vault and live store room, and do they take changes?
Findings CheckDisks(const std::string& root, const RunPaths& paths);
// Does a unit of systemd shut one of root's programs out of the live store?
Findings CheckUnits(const std::string& root);
// Is the clock kept right? Codes are made of the time (adjtimex(2)).
Findings CheckClock();
// Which services ask for a code, and what lets a login by? Is the module there?
Findings CheckPam(const std::string& root);
// Do the sshds of this machine ask PAM, and may a key alone let somebody in, for everybody and in
// each block of Match? Nothing where sshd asks for no code anyway, or where `root` is not "/".
Findings CheckSsh(const std::string& root);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_CHECKS_H_
