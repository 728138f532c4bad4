// An NSS source that answers like SSSD and winbind: it knows users by name, in several spellings with one canonical pw_name, and by uid, and
// enumerates nobody. Two of its users have names that the stores do not accept.
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>

#define EXPORTED __attribute__((visibility("default")))
#define TEN "nnnnnnnnnn"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

struct user {
  const char* spellings[4];  // The canonical one first.
  uid_t uid;
};

static const struct user users[] = {
    {{"adalice", "CORP\\adalice", "adalice@corp.example"}, 892600500},
    {{"fqbob@corp.example", "CORP\\fqbob", "fqbob"}, 892600501},
    {{"CORP\\wbcarl", "wbcarl@corp.example"}, 3000000005},
    {{"CORP/dora", "dora"}, 3000000006},
    {{HUNDRED TEN "nnn", "longname"}, 3000000007},
};
static const struct user* const end = users + sizeof users / sizeof *users;

static enum nss_status fill(const struct user* user, struct passwd* entry, char* buffer, size_t size, int* error) {
  if (user == end) {
    *error = ENOENT;
    return NSS_STATUS_NOTFOUND;
  }
  const int length = snprintf(buffer, size, "%s%c/home/u%u", user->spellings[0], '\0', user->uid);
  if (length < 0 || (size_t)length >= size) {
    *error = ERANGE;
    return NSS_STATUS_TRYAGAIN;
  }
  entry->pw_name = buffer;
  entry->pw_dir = buffer + strlen(buffer) + 1;
  entry->pw_passwd = "x";
  entry->pw_gecos = "";
  entry->pw_shell = "/bin/bash";
  entry->pw_uid = user->uid;
  entry->pw_gid = 100;
  return NSS_STATUS_SUCCESS;
}

// NOLINTNEXTLINE(bugprone-reserved-identifier): the name that glibc looks for.
EXPORTED enum nss_status _nss_adlike_getpwnam_r(const char* name, struct passwd* entry, char* buffer, size_t size, int* error) {
  for (const struct user* user = users; user != end; ++user) {
    for (const char* const* spelling = user->spellings; *spelling != NULL; ++spelling) {
      if (strcasecmp(name, *spelling) == 0) {
        return fill(user, entry, buffer, size, error);
      }
    }
  }
  return fill(end, entry, buffer, size, error);
}

// NOLINTNEXTLINE(bugprone-reserved-identifier): the name that glibc looks for.
EXPORTED enum nss_status _nss_adlike_getpwuid_r(uid_t uid, struct passwd* entry, char* buffer, size_t size, int* error) {
  const struct user* user = users;
  while (user != end && user->uid != uid) {
    ++user;
  }
  return fill(user, entry, buffer, size, error);
}
