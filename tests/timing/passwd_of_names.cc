#include <dlfcn.h>
#include <pwd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "tests/timing/trials.h"

// NSS takes longer or shorter for a name that it does not know, by its sources and not by ours; and
// sshd has asked before us. So here all names take the same: those of users are found, those of
// ghosts are not, and other names go to NSS.
extern "C" __attribute__((visibility("default"))) int getpwnam_r(const char* name, passwd* entry,
                                                                 char* buffer, std::size_t size,
                                                                 passwd** result) {
  using twofactor::timing::kGhostPrefix;
  using twofactor::timing::kUserPrefix;
  using Function = int (*)(const char*, passwd*, char*, std::size_t, passwd**);
  static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getpwnam_r"));
  const std::string_view asked(name);
  *result = nullptr;
  const bool ghost = asked.substr(0, kGhostPrefix.size()) == kGhostPrefix;
  if (!ghost && asked.substr(0, kUserPrefix.size()) != kUserPrefix) {
    return next(name, entry, buffer, size, result);
  }
  const std::size_t length = asked.size() + 1;
  if (size < length + 2) {
    return ERANGE;
  }
  std::memcpy(buffer, name, length);
  std::memcpy(buffer + length, "/", 2);
  const uid_t uid = twofactor::timing::UidOf(asked);
  char* empty = buffer + length + 1;
  *entry = {buffer, empty, uid, uid, empty, buffer + length, empty};
  *result = ghost ? nullptr : entry;
  return 0;
}
