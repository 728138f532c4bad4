#include "helperd/accounts/sources/passwd.h"

#include <pwd.h>

#include <cerrno>

namespace twofactor {
namespace {

constexpr std::size_t kMaxPasswdBytes = 1 << 20;

PasswdEntry FromPasswd(const passwd& found) {
  const auto text = [](const char* field) { return std::string(field == nullptr ? "" : field); };
  return {text(found.pw_name),  found.pw_uid,       found.pw_gid,
          text(found.pw_gecos), text(found.pw_dir), text(found.pw_shell)};
}

template <typename Look>
Result<std::optional<PasswdEntry>> Find(Look look) {
  std::vector<char> buffer(4096);
  for (;;) {
    passwd entry{};
    passwd* found = nullptr;
    // libc returns this if it could not ask any source, such as one that is not installed. It would
    // otherwise look like "no such user".
    errno = ENOPKG;
    const int error = look(&entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) {
      return FromPasswd(*found);
    }
    if (error == ERANGE && buffer.size() < kMaxPasswdBytes) {
      buffer.resize(buffer.size() * 4);
      continue;
    }
    // Only this means that there is no such user. An error, including ENOENT, means that a source
    // of NSS was not available: a directory's client returns it when its server is down.
    if (error == 0) {
      return std::nullopt;
    }
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "look a user up (NSS)", error));
  }
}

}  // namespace

Result<std::optional<PasswdEntry>> FindPasswdByName(const std::string& name) {
  return Find([&name](passwd* entry, char* buffer, std::size_t size, passwd** found) {
    return getpwnam_r(name.c_str(), entry, buffer, size, found);
  });
}

Result<std::optional<PasswdEntry>> FindPasswdByUid(uid_t uid) {
  return Find([uid](passwd* entry, char* buffer, std::size_t size, passwd** found) {
    return getpwuid_r(uid, entry, buffer, size, found);
  });
}

Result<std::vector<PasswdEntry>> ListPasswd(std::size_t most) {
  std::vector<PasswdEntry> entries;
  setpwent();
  errno = 0;
  for (const passwd* entry = getpwent(); entry != nullptr; entry = getpwent()) {
    if (entries.size() == most) {
      endpwent();
      return Fail(ErrorCode::kUnavailable,
                  "there are more than " + std::to_string(most) + " users to list");
    }
    entries.push_back(FromPasswd(*entry));
    errno = 0;
  }
  const int error = errno;
  endpwent();
  // ENOENT ends a list.
  if (error != 0 && error != ENOENT) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "list the users (NSS)", error));
  }
  return entries;
}

std::string FullNameOf(const PasswdEntry& entry) {
  return entry.gecos.substr(0, entry.gecos.find(','));
}

}  // namespace twofactor
