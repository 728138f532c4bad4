#ifndef TWOFACTOR_TESTS_PAM_LOG_SOCKETS_H_
#define TWOFACTOR_TESTS_PAM_LOG_SOCKETS_H_

#include <string>
#include <vector>

#include "common/base/unique_fd.h"

namespace twofactor {

// The sockets of journald and of syslog, in a mount namespace of this process: what the module
// logs arrives here and nowhere else.
class LogSockets {
 public:
  // Moves this process, and those that it starts later, into the namespace. False where it may not
  // (root with CAP_SYS_ADMIN may).
  bool Enter();

  void OpenJournal();
  void OpenSyslog();
  // As in a chroot, or where nobody listens.
  void CloseJournal();
  void CloseSyslog();
  // Until nothing more fits into journald's queue.
  void FillJournal() const;
  // Forgets what was sent so far.
  void Drain();

  // The module's entries that arrived since the last call: those in the journal's own protocol, or
  // the lines of syslog.
  std::vector<std::string> TakeJournal() const;
  std::vector<std::string> TakeSyslog() const;

 private:
  UniqueFd journal_;
  UniqueFd syslog_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_PAM_LOG_SOCKETS_H_
