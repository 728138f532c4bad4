#include "helperd/twofactord/config/config.h"

#include <fcntl.h>
#include <ini.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <set>
#include <utility>

#include "common/base/unique_fd.h"
#include "helperd/twofactord/config/keys.h"

namespace twofactor {
namespace {

constexpr std::size_t kMaxConfigBytes = 1 << 20;

// The state of inih's callback: where values go, which keys occurred, and the first error.
struct Reading {
  Config config;
  std::set<std::pair<std::string, std::string>> met;
  std::string fault;
};

int OnKey(void* user, const char* section, const char* name, const char* value) {
  Reading& reading = *static_cast<Reading*>(user);
  const ConfigKey* key = FindConfigKey(section, name);
  if (key == nullptr) {
    reading.fault = "unknown key '" + std::string(name) + "' in section [" + section + "]";
  } else if (!reading.met.emplace(section, name).second) {
    reading.fault = "key '" + std::string(name) + "' in section [" + section + "] stands twice";
  } else if (std::string fault = key->set(reading.config, value); !fault.empty()) {
    reading.fault = "key '" + std::string(name) + "' in section [" + section + "]: " + fault;
  }
  return reading.fault.empty() ? 1 : 0;
}

Result<void> CheckConfigFile(int fd, const std::string& path) {
  struct stat status {};
  if (fstat(fd, &status) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "examine " + path, errno));
  }
  const bool ours = status.st_uid == 0 || status.st_uid == geteuid();
  if (!S_ISREG(status.st_mode) || !ours || (status.st_mode & 022) != 0) {
    return Fail(ErrorCode::kNotPermitted,
                path +
                    " must be a regular file that only root may write to: 'chown root' and"
                    " 'chmod go-w' it");
  }
  return {};
}

Result<std::string> ReadAll(int fd, const std::string& path) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count < 0) {
      return Fail(Error::FromErrno(ErrorCode::kUnavailable, "read " + path, errno));
    }
    if (count == 0) {
      return text;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > kMaxConfigBytes) {
      return Fail(ErrorCode::kTooLarge, path + " is longer than 1 MiB");
    }
  }
}

}  // namespace

Result<Config> ParseConfig(std::string_view text, const std::string& name) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) {
    return Fail(ErrorCode::kInvalidParams, name + ": holds a NUL byte");
  }
  Reading reading;
  const int line = ini_parse_string(terminated.c_str(), OnKey, &reading);
  if (line != 0) {
    const std::string fault =
        reading.fault.empty() ? "is neither a section, a key nor a comment" : reading.fault;
    return Fail(ErrorCode::kInvalidParams, name + ":" + std::to_string(line) + ": " + fault);
  }
  const ThrottlePolicy& throttle = reading.config.throttle;
  if (throttle.longest_wait < throttle.first_wait ||
      throttle.forget_after < throttle.longest_wait) {
    return Fail(ErrorCode::kInvalidParams,
                name + ": [throttle] needs first_wait <= longest_wait <= forget_after");
  }
  return reading.config;
}

Result<Config> LoadConfig(const std::string& path) {
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) {
    if (errno == ENOENT && path == kDefaultConfigFile) {
      return Config{};
    }
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "open the configuration " + path, errno));
  }
  if (const auto checked = CheckConfigFile(file.get(), path); !checked) {
    return Fail(checked.error());
  }
  const auto text = ReadAll(file.get(), path);
  return text ? ParseConfig(*text, path) : Fail(text.error());
}

}  // namespace twofactor
