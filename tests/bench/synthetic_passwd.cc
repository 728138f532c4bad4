#include <dlfcn.h>
#include <pwd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "tests/bench/bench_users.h"

// The synthetic users are in no passwd database: libpam's look-up finds them here, at the same low
// price for every module, so that what grows with the users is the modules' own work. Other names
// go to NSS.
extern "C" __attribute__((visibility("default"))) int getpwnam_r(const char* name, passwd* entry,
                                                                 char* buffer, std::size_t size,
                                                                 passwd** result) {
  using Function = int (*)(const char*, passwd*, char*, std::size_t, passwd**);
  static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getpwnam_r"));
  const std::size_t prefix = std::strlen(twofactor::bench::kNamePrefix);
  if (std::strncmp(name, twofactor::bench::kNamePrefix, prefix) != 0) {
    return next(name, entry, buffer, size, result);
  }
  *result = nullptr;
  const std::size_t length = std::strlen(name) + 1;
  constexpr const char* kHome = "/";
  if (size < length + 2) {
    return ERANGE;
  }
  std::memcpy(buffer, name, length);
  std::memcpy(buffer + length, kHome, 2);
  const uid_t uid = twofactor::bench::UidOf(std::strtoull(name + prefix, nullptr, 10));
  char* empty = buffer + length + 1;
  *entry = {buffer, empty, uid, uid, empty, buffer + length, empty};
  *result = entry;
  return 0;
}
