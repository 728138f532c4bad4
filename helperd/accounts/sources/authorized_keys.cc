#include "helperd/accounts/sources/authorized_keys.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "helperd/accounts/tool.h"

namespace twofactor {
namespace {

int FailStep(const char* step, const char* why) {
  dprintf(STDERR_FILENO, "%s: %s\n", step, why);
  return 1;
}

// Irreversible: there is no identity left to return to.
bool BecomeUser(const PasswdEntry& user, const std::vector<gid_t>& groups) {
  // -1 would mean "no change" (setresuid(2)).
  if (user.uid == uid_t(-1) || user.gid == gid_t(-1)) {
    errno = EINVAL;
    return false;
  }
  if (geteuid() != 0 && geteuid() == user.uid) {
    return true;
  }
  if (setgroups(groups.size(), groups.data()) != 0 ||
      setresgid(user.gid, user.gid, user.gid) != 0 ||
      setresuid(user.uid, user.uid, user.uid) != 0) {
    return false;
  }
  if (user.uid != 0 && setresuid(0, 0, 0) == 0) {
    errno = EPERM;
    return false;
  }
  // The change of user has cleared it (prctl(2)).
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  return true;
}

bool IsNotThere(int error) {
  return error == ENOENT || error == ENOTDIR || error == EACCES || error == ELOOP ||
         error == ENXIO || error == ENAMETOOLONG;
}

// Copies one file to the output, if it exists. A FIFO does not block it.
int CopyFile(const std::string& path, std::size_t& copied) {
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.valid()) {
    return IsNotThere(errno) ? 0 : FailStep("open", std::strerror(errno));
  }
  struct stat status {};
  if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return 0;
  }
  std::array<char, 16384> buffer{};
  for (;;) {
    const ssize_t count = read(file.get(), buffer.data(), buffer.size());
    if (count < 0) {
      return FailStep("read", std::strerror(errno));
    }
    if (count == 0) {
      return dprintf(STDOUT_FILENO, "\n") == 1 ? 0 : FailStep("write", std::strerror(errno));
    }
    copied += static_cast<std::size_t>(count);
    if (copied > kMaxAuthorizedKeysBytes) {
      return FailStep("read", "longer than 256 KiB");
    }
    if (write(STDOUT_FILENO, buffer.data(), static_cast<std::size_t>(count)) != count) {
      return FailStep("write", std::strerror(errno));
    }
  }
}

std::string Expand(const std::string& pattern, const PasswdEntry& user) {
  std::string path;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 == pattern.size()) {
      path += pattern[i];
      continue;
    }
    switch (pattern[++i]) {
      case 'h':
        path += user.dir;
        break;
      case 'u':
        path += user.name;
        break;
      case 'U':
        path += std::to_string(user.uid);
        break;
      default:
        path += pattern[i];
    }
  }
  return path.starts_with('/') ? path : user.dir + "/" + path;
}

}  // namespace

std::vector<std::string> AuthorizedKeysPaths(const std::vector<std::string>& patterns,
                                             const PasswdEntry& user) {
  std::vector<std::string> paths;
  for (const std::string& pattern : patterns) {
    if (pattern != "none") {
      paths.push_back(Expand(pattern, user));
    }
  }
  return paths;
}

Result<Child> StartReadingAuthorizedKeys(const PasswdEntry& user, const std::vector<gid_t>& groups,
                                         const std::vector<std::string>& paths) {
  return Child::Start("the user's authorized_keys", [&] {
    if (!BecomeUser(user, groups)) {
      return FailStep("become the user", std::strerror(errno));
    }
    std::size_t copied = 0;
    int status = 0;
    for (std::size_t i = 0; i < paths.size() && status == 0; ++i) {
      status = CopyFile(paths[i], copied);
    }
    return status;
  });
}

Result<nlohmann::json> ReadAuthorizedKeys(const ChildOutput& output) {
  if (output.status != 0) {
    return Fail(ToolFailed("reading the user's authorized_keys", output));
  }
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = output.out.find_first_not_of(kBlanks);
  if (first == std::string::npos) {
    return nlohmann::json();
  }
  return nlohmann::json(output.out.substr(first, output.out.find_last_not_of(kBlanks) - first + 1));
}

}  // namespace twofactor
