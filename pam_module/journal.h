#ifndef TWOFACTOR_PAM_MODULE_JOURNAL_H_
#define TWOFACTOR_PAM_MODULE_JOURNAL_H_

#include <array>
#include <cstddef>
#include <string_view>

namespace twofactor {

// An entry in the bytes of journald's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): a line
// NAME=value a field. syslog has no fields, and libsystemd costs a login 1.9 ms; the protocol is
// documented as stable. Needs no memory of the heap's, so that a login that had none is recorded.
class JournalEntry {
 public:
  static constexpr std::size_t kMaxBytes = 8192;

  // `name` is A-Z, 0-9 and '_'. The value becomes one line (OneLine) of what room is left; an empty
  // one is left out.
  void Add(std::string_view name, std::string_view value);
  std::string_view bytes() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, kMaxBytes> bytes_{};
  std::size_t size_ = 0;
};

inline constexpr const char* kJournalSocket = "/run/systemd/journal/socket";
inline constexpr const char* kSyslogSocket = "/dev/log";

// A socket for datagrams to journald or syslog: close-on-exec, and not connected, so that nothing
// that a program writes to a descriptor of this number gets anywhere. None of the three standard
// descriptors, unless no other is left. -1 where there is none at all.
int OpenLogSocket();

// Sends one datagram. Never waits and raises no signal. False: nobody got it (no journald as in a
// chroot, a full queue), so the caller logs in another way. Needs no memory.
//
// The sender is who the program is in effect: what a setuid program such as su says is root's, and
// nobody else can send the like. By itself the kernel would name who has started the program.
bool SendDatagram(int socket, std::string_view bytes, const char* path = kJournalSocket);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_JOURNAL_H_
