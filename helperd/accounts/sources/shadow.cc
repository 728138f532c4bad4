#include "helperd/accounts/sources/shadow.h"

#include <shadow.h>

#include <cerrno>
#include <vector>

namespace twofactor {
namespace {

constexpr std::size_t kMaxShadowBytes = 1 << 20;

}  // namespace

Result<std::optional<ShadowEntry>> FindShadow(const std::string& name) {
  std::vector<char> buffer(4096);
  for (;;) {
    spwd entry{};
    spwd* found = nullptr;
    const int error = getspnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) {
      return ShadowEntry{found->sp_pwdp == nullptr ? "" : found->sp_pwdp, found->sp_lstchg,
                         found->sp_expire};
    }
    if (error == ERANGE && buffer.size() < kMaxShadowBytes) {
      buffer.resize(buffer.size() * 4);
      continue;
    }
    if (error == 0 || error == ENOENT || error == ESRCH) {
      return std::nullopt;
    }
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "read shadow (NSS)", error));
  }
}

bool HasNoUsableHash(const ShadowEntry& entry) {
  // An empty field is a password, the empty one.
  return !entry.hash.empty() && (entry.hash[0] == '*' || entry.hash[0] == '!');
}

bool IsLocked(const ShadowEntry& entry, long today) {
  const std::size_t hash = entry.hash.find_first_not_of('!');
  const bool barred = !entry.hash.empty() && entry.hash[0] == '!' && hash != std::string::npos &&
                      entry.hash[hash] != '*';
  const bool expired = entry.expires >= 0 && entry.expires <= today;
  return barred || expired;
}

}  // namespace twofactor
