#ifndef TWOFACTOR_TESTS_PAM_LOG_SOCKETS_H_
#define TWOFACTOR_TESTS_PAM_LOG_SOCKETS_H_

#include <string>
#include <vector>

#include "common/base/unique_fd.h"

namespace twofactor {

// The sockets of journald and syslog, in a mount namespace of this process: what the module logs
// arrives only here.
class LogSockets {
 public:
  // Moves this process, and those that it starts later, into the namespace. Returns false if it may
  // not do so (root with CAP_SYS_ADMIN may).
  bool Enter();

  void OpenJournal();
  void OpenSyslog();
  // Removes the sockets, as in a chroot or if nobody listens.
  void CloseJournal();
  void CloseSyslog();
  // Fills journald's queue.
  void FillJournal() const;
  // Discards what was sent so far.
  void Drain();

  // Returns the module's entries that arrived since the last call: in the journal's own protocol,
  // or as lines of syslog.
  std::vector<std::string> TakeJournal() const;
  std::vector<std::string> TakeSyslog() const;

 private:
  UniqueFd journal_;
  UniqueFd syslog_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_PAM_LOG_SOCKETS_H_
