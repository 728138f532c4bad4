#include <dlfcn.h>
#include <pwd.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

// A directory that answers for everybody at once, and never for users whose name begins with
// "slow-" or whose uid is 70000 to 70999: preloaded into twofactor-accounts.
namespace {

constexpr const char* kSlow = "slow-";
constexpr uid_t kFirstSlow = 70000;
constexpr uid_t kLastSlow = 70999;

template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int getpwnam_r(const char* name, passwd* entry,
                                                                 char* buffer, std::size_t size,
                                                                 passwd** result) {
  if (std::strncmp(name, kSlow, std::strlen(kSlow)) == 0) {
    pause();
  }
  return Next<decltype(getpwnam_r)>("getpwnam_r")(name, entry, buffer, size, result);
}

extern "C" __attribute__((visibility("default"))) int getpwuid_r(uid_t uid, passwd* entry,
                                                                 char* buffer, std::size_t size,
                                                                 passwd** result) {
  if (uid >= kFirstSlow && uid <= kLastSlow) {
    pause();
  }
  return Next<decltype(getpwuid_r)>("getpwuid_r")(uid, entry, buffer, size, result);
}
