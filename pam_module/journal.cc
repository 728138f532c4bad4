#include "pam_module/journal.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "common/base/one_line.h"

namespace twofactor {

void JournalEntry::Add(std::string_view name, std::string_view value) {
  // '=' and the end of the line.
  const std::size_t around = name.size() + 2;
  if (value.empty() || around > bytes_.size() - size_) {
    return;
  }
  char* const start = bytes_.data() + size_;
  char* const text = std::copy(name.begin(), name.end(), start) + 1;
  text[-1] = '=';
  const std::size_t room = std::min(kLongestLogValue, bytes_.size() - size_ - around);
  const std::size_t written = CopyAsOneLine(value, {text, room});
  text[written] = '\n';
  size_ += around + written;
}

int OpenLogSocket() {
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0 || socket > STDERR_FILENO) {
    return socket;
  }
  const int above = fcntl(socket, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (above < 0) {
    return socket;
  }
  close(socket);
  return above;
}

namespace {

// The control message of unix(7) that names the sender.
class SenderMessage {
 public:
  explicit SenderMessage(msghdr& message) {
    message.msg_control = bytes_.data();
    message.msg_controllen = bytes_.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_CREDENTIALS;
    header->cmsg_len = CMSG_LEN(sizeof(ucred));
    const ucred sender{getpid(), geteuid(), getegid()};
    std::memcpy(CMSG_DATA(header), &sender, sizeof sender);
  }

 private:
  alignas(cmsghdr) std::array<unsigned char, CMSG_SPACE(sizeof(ucred))> bytes_{};
};

}  // namespace

bool SendDatagram(int socket, std::string_view bytes, const char* path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::size_t length = std::strlen(path);
  if (socket < 0 || length >= sizeof(address.sun_path)) {
    return false;
  }
  std::memcpy(address.sun_path, path, length);
  // sendmsg(2) changes nothing of it.
  iovec text{const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_name = &address;
  message.msg_namelen = sizeof(address);
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  const SenderMessage sender(message);
  const ssize_t sent = ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(bytes.size());
}

}  // namespace twofactor
