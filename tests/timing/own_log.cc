#include "tests/timing/own_log.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <stdexcept>

namespace twofactor::timing {
namespace {

struct DeviceNode {
  const char* path;
  unsigned minor;
};
constexpr unsigned kMemoryDevices = 1;
constexpr std::array kNodes = {DeviceNode{"/dev/null", 3}, DeviceNode{"/dev/zero", 5},
                               DeviceNode{"/dev/random", 8}, DeviceNode{"/dev/urandom", 9}};

// A machine without systemd has no journal, and the module logs to /dev/log there.
constexpr const char* kJournalDirectory = "/run/systemd/journal";

void MakeOwnJournal() {
  if (access(kJournalDirectory, F_OK) == 0 &&
      (mount("tmpfs", kJournalDirectory, "tmpfs", 0, "mode=755") != 0 ||
       symlink("/dev/log", (std::string(kJournalDirectory) + "/socket").c_str()) != 0)) {
    throw std::runtime_error("make a journal of its own: " + std::string(std::strerror(errno)));
  }
}

void MakeOwnDev() {
  if (unshare(CLONE_NEWNS) != 0 ||
      mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("tmpfs", "/dev", "tmpfs", 0, "mode=755") != 0) {
    throw std::runtime_error("make a /dev of its own: " + std::string(std::strerror(errno)));
  }
  for (const DeviceNode& node : kNodes) {
    if (mknod(node.path, S_IFCHR | 0666, makedev(kMemoryDevices, node.minor)) != 0) {
      throw std::runtime_error(std::string("make ") + node.path);
    }
  }
}

}  // namespace

OwnLog::OwnLog() {
  MakeOwnDev();
  MakeOwnJournal();
  socket_ = UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, "/dev/log");
  const void* start = &address;
  if (bind(socket_.get(), static_cast<const sockaddr*>(start), sizeof address) != 0) {
    throw std::runtime_error("bind /dev/log");
  }
}

std::vector<std::string> OwnLog::TakeLines() {
  std::vector<std::string> lines;
  std::array<char, 4096> buffer{};
  ssize_t count = 0;
  while ((count = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
    lines.emplace_back(buffer.data(), static_cast<std::size_t>(count));
  }
  return lines;
}

std::string ShapeOf(const std::string& line, const std::string& name) {
  std::string shape;
  if (line.find("MESSAGE=") != std::string::npos) {
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field);) {
      shape += field.substr(0, field.find('=')) + " ";
    }
    return shape;
  }
  // The reason is for the administrator, and comes last.
  const std::size_t text = line.find("): ");
  shape = text == std::string::npos ? line : line.substr(text + 3);
  const std::size_t reason = shape.find("refused: ");
  shape = shape.substr(0, reason == std::string::npos ? reason : reason + 9);
  const std::size_t place = shape.find(name);
  return place == std::string::npos ? shape : shape.replace(place, name.size(), "USER");
}

}  // namespace twofactor::timing
