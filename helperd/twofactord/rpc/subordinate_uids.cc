#include "helperd/twofactord/rpc/subordinate_uids.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <sstream>

namespace twofactor {
namespace {

constexpr std::chrono::seconds kLookAgain{1};
// A file of a hundred thousand users has five.
constexpr std::size_t kMaxFileBytes = 16UL * 1024 * 1024;

struct Lent {
  std::string to;
  std::uint64_t first;
  std::uint64_t last;
};

bool ReadNumber(const std::string& text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// "alice:100000:65536". Nothing for another form, and for uids that are nobody's to lend.
std::optional<Lent> ReadLine(const std::string& line) {
  std::istringstream fields(line);
  Lent lent;
  std::string first;
  std::string count;
  std::uint64_t uids = 0;
  if (!std::getline(fields, lent.to, ':') || !std::getline(fields, first, ':') ||
      !std::getline(fields, count) || !ReadNumber(first, lent.first) || !ReadNumber(count, uids)) {
    return std::nullopt;
  }
  constexpr std::uint64_t kMaxUid = std::numeric_limits<uid_t>::max();
  if (lent.first == 0 || lent.first > kMaxUid || uids == 0 || uids > kMaxUid - lent.first + 1) {
    return std::nullopt;
  }
  lent.last = lent.first + uids - 1;
  return lent;
}

}  // namespace

uid_t SubordinateUids::OwnerOf(uid_t uid, Moment now) {
  LookAtFile(now);
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), uid,
                       [](uid_t wanted, const Range& range) { return wanted < range.first; });
  if (after == ranges_.begin() || uid > std::prev(after)->last) {
    return uid;
  }
  return std::prev(after)->owner;
}

void SubordinateUids::LookAtFile(Moment now) {
  if (now < next_look_) {
    return;
  }
  next_look_ = now + kLookAgain;
  struct stat status {};
  FileState state;
  if (stat(file_.c_str(), &status) == 0) {
    state = {status.st_ino, status.st_size,
             std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
  }
  if (state != read_) {
    read_ = state;
    Read();
  }
}

void SubordinateUids::Read() {
  ranges_.clear();
  std::ifstream file(file_);
  std::map<std::string, uid_t> owners;
  std::size_t bytes = 0;
  for (std::string line; bytes < kMaxFileBytes && std::getline(file, line);) {
    bytes += line.size() + 1;
    if (const auto lent = ReadLine(line)) {
      const auto first = static_cast<uid_t>(lent->first);
      const uid_t owner = owners.try_emplace(lent->to, first).first->second;
      ranges_.push_back({first, static_cast<uid_t>(lent->last), owner});
    }
  }
  std::stable_sort(ranges_.begin(), ranges_.end(),
                   [](const Range& a, const Range& b) { return a.first < b.first; });
}

}  // namespace twofactor
