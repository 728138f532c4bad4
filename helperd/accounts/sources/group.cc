#include "helperd/accounts/sources/group.h"

#include <grp.h>

#include <algorithm>
#include <cerrno>

namespace twofactor {
namespace {

constexpr std::size_t kMaxGroupBytes = 16 << 20;
constexpr int kMaxGroups = 1 << 16;

GroupEntry FromGroup(const group& found) {
  GroupEntry entry{found.gr_name, found.gr_gid, {}};
  for (char** member = found.gr_mem; member != nullptr && *member != nullptr; ++member) {
    entry.members.emplace_back(*member);
  }
  return entry;
}

// Returns what `look` finds, converted by `take`.
template <typename T, typename Look, typename Take>
Result<std::optional<T>> Find(Look look, Take take) {
  std::vector<char> buffer(4096);
  for (;;) {
    group entry{};
    group* found = nullptr;
    const int error = look(&entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) {
      return std::optional<T>(take(*found));
    }
    if (error == ERANGE && buffer.size() < kMaxGroupBytes) {
      buffer.resize(buffer.size() * 4);
      continue;
    }
    if (error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM) {
      return std::optional<T>();
    }
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "look up a group (NSS)", error));
  }
}

}  // namespace

Result<std::optional<gid_t>> FindGid(const std::string& name) {
  return Find<gid_t>(
      [&name](group* entry, char* buffer, std::size_t size, group** found) {
        return getgrnam_r(name.c_str(), entry, buffer, size, found);
      },
      [](const group& found) { return found.gr_gid; });
}

Result<std::optional<std::string>> FindGroupName(gid_t gid) {
  return Find<std::string>(
      [gid](group* entry, char* buffer, std::size_t size, group** found) {
        return getgrgid_r(gid, entry, buffer, size, found);
      },
      [](const group& found) { return std::string(found.gr_name); });
}

Result<std::optional<GroupEntry>> FindGroupByName(const std::string& name) {
  return Find<GroupEntry>(
      [&name](group* entry, char* buffer, std::size_t size, group** found) {
        return getgrnam_r(name.c_str(), entry, buffer, size, found);
      },
      FromGroup);
}

Result<std::optional<GroupEntry>> FindGroupByGid(gid_t gid) {
  return Find<GroupEntry>(
      [gid](group* entry, char* buffer, std::size_t size, group** found) {
        return getgrgid_r(gid, entry, buffer, size, found);
      },
      FromGroup);
}

Result<std::vector<GroupEntry>> ListGroups(std::size_t most) {
  std::vector<GroupEntry> groups;
  setgrent();
  errno = 0;
  for (const group* entry = getgrent(); entry != nullptr; entry = getgrent()) {
    if (groups.size() == most) {
      endgrent();
      return Fail(ErrorCode::kUnavailable,
                  "there are more than " + std::to_string(most) + " groups to list");
    }
    groups.push_back(FromGroup(*entry));
    errno = 0;
  }
  const int error = errno;
  endgrent();
  // ENOENT ends a list.
  if (error != 0 && error != ENOENT) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "list the groups (NSS)", error));
  }
  return groups;
}

Result<std::vector<gid_t>> GroupsOf(const std::string& user, gid_t primary) {
  int count = 64;
  for (;;) {
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    const int room = count;
    if (getgrouplist(user.c_str(), primary, groups.data(), &count) >= 0) {
      groups.resize(static_cast<std::size_t>(count));
      return groups;
    }
    count = std::max(count, room * 2);
    if (count > kMaxGroups) {
      return Fail(ErrorCode::kUnavailable, "a user is in more groups than the kernel supports");
    }
  }
}

}  // namespace twofactor
