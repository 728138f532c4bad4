#include "tests/pam/log_sockets.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace twofactor {
namespace {

constexpr const char* kJournalPath = "/run/systemd/journal/socket";
constexpr const char* kSyslogPath = "/dev/log";

sockaddr_un AddressOf(const char* path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
  return address;
}

UniqueFd ListenForDatagrams(const char* path) {
  UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_un address = AddressOf(path);
  const void* start = &address;
  if (bind(socket.get(), static_cast<const sockaddr*>(start), sizeof address) != 0 ||
      chmod(path, 0666) != 0) {
    return UniqueFd();
  }
  return socket;
}

std::vector<std::string> TakeFrom(int socket, const char* mark) {
  std::vector<std::string> entries;
  std::array<char, 1 << 16> bytes{};
  for (;;) {
    const ssize_t count = recv(socket, bytes.data(), bytes.size(), 0);
    if (count < 0) {
      return entries;
    }
    std::string entry(bytes.data(), static_cast<std::size_t>(count));
    if (entry.find(mark) != std::string::npos) {
      entries.push_back(std::move(entry));
    }
  }
}

}  // namespace

bool LogSockets::Enter() {
  if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0 ||
      mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("tmpfs", "/run", "tmpfs", 0, "mode=755") != 0 ||
      mount("tmpfs", "/dev", "tmpfs", 0, "mode=755") != 0) {
    return false;
  }
  const mode_t mask = umask(0);
  const bool made = mkdir("/run/systemd", 0755) == 0 && mkdir("/run/systemd/journal", 0755) == 0 &&
                    mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3)) == 0 &&
                    mknod("/dev/urandom", S_IFCHR | 0666, makedev(1, 9)) == 0;
  umask(mask);
  return made;
}

void LogSockets::OpenJournal() { journal_ = ListenForDatagrams(kJournalPath); }
void LogSockets::OpenSyslog() { syslog_ = ListenForDatagrams(kSyslogPath); }

void LogSockets::CloseJournal() {
  journal_.Reset();
  unlink(kJournalPath);
}

void LogSockets::CloseSyslog() {
  syslog_.Reset();
  unlink(kSyslogPath);
}

void LogSockets::FillJournal() const {
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = AddressOf(kJournalPath);
  const void* start = &address;
  while (sendto(socket.get(), "x", 1, MSG_DONTWAIT, static_cast<const sockaddr*>(start),
                sizeof address) == 1) {
  }
}

void LogSockets::Drain() {
  static_cast<void>(TakeJournal());
  static_cast<void>(TakeSyslog());
}

std::vector<std::string> LogSockets::TakeJournal() const {
  return TakeFrom(journal_.get(), "MESSAGE=pam_twofactor(");
}

std::vector<std::string> LogSockets::TakeSyslog() const {
  return TakeFrom(syslog_.get(), "pam_twofactor(");
}

}  // namespace twofactor
