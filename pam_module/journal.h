#ifndef TWOFACTOR_PAM_MODULE_JOURNAL_H_
#define TWOFACTOR_PAM_MODULE_JOURNAL_H_

#include <array>
#include <cstddef>
#include <string_view>

namespace twofactor {

// An entry in journald's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): a line NAME=value
// for each field. syslog has no fields, and libsystemd costs a login 1.9 ms; the protocol is
// documented as stable. Allocates no memory, so that a login that has none left is recorded.
class JournalEntry {
 public:
  static constexpr std::size_t kMaxBytes = 8192;

  // `name` consists of A-Z, 0-9 and '_'. The value becomes one line (OneLine) as far as it fits; an
  // empty one is left out.
  void Add(std::string_view name, std::string_view value);
  std::string_view bytes() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, kMaxBytes> bytes_{};
  std::size_t size_ = 0;
};

inline constexpr const char* kJournalSocket = "/run/systemd/journal/socket";
inline constexpr const char* kSyslogSocket = "/dev/log";

// Opens a socket for datagrams to journald or syslog. It is close-on-exec, and not connected, so
// that nothing reaches the log if the application writes to a descriptor of this number. None of
// the three standard descriptors, unless no other is left. Returns -1 if none is left.
int OpenLogSocket();

// Sends one datagram. Never waits and raises no signal. Returns false if nobody received it (no
// journald, as in a chroot, or a full queue), so that the caller logs in another way. Allocates no
// memory.
//
// The sender is the effective user: the messages of a setuid program such as su are root's, and
// nobody else can send such ones. By default, the kernel would name the user who started the
// program.
bool SendDatagram(int socket, std::string_view bytes, const char* path = kJournalSocket);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_JOURNAL_H_
