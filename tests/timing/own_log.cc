#include "tests/timing/own_log.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include <array>
#include <cstring>
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
    const std::string line(buffer.data(), static_cast<std::size_t>(count));
    const std::size_t text = line.find("): ");
    lines.push_back(text == std::string::npos ? line : line.substr(text + 3));
  }
  return lines;
}

}  // namespace twofactor::timing
