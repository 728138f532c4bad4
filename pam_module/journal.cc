#include "pam_module/journal.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "common/base/one_line.h"
#include "common/base/unique_fd.h"

namespace twofactor {

void JournalEntry::Add(std::string_view name, std::string_view value) {
  if (!value.empty()) {
    bytes_.append(name).append("=").append(OneLine(value)).append("\n");
  }
}

bool SendToJournal(const JournalEntry& entry, const char* socket_path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (std::strlen(socket_path) >= sizeof(address.sun_path)) {
    return false;
  }
  std::strcpy(address.sun_path, socket_path);
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) {
    return false;
  }
  const std::string& bytes = entry.bytes();
  const ssize_t sent =
      ::sendto(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  return sent == static_cast<ssize_t>(bytes.size());
}

}  // namespace twofactor
