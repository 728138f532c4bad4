#include "helperd/twofactord/rpc/subordinate_uids.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <sstream>
#include <utility>

namespace twofactor {
namespace {

constexpr std::chrono::seconds kLookAgain{1};
// The maximum size of a file; one for a hundred thousand users has 5 MiB.
constexpr std::size_t kMaxFileBytes = 16UL * 1024 * 1024;

struct Lent {
  std::string to;
  std::uint64_t first;
  std::uint64_t last;
};

// For users to whom uids are lent by a user with lent uids.
constexpr int kMaxLenders = 8;

bool ReadNumber(const std::string& text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<uid_t> ReadUid(const std::string& text) {
  std::uint64_t uid = 0;
  const bool read = ReadNumber(text, uid) && uid < std::numeric_limits<uid_t>::max();
  return read ? std::optional(static_cast<uid_t>(uid)) : std::nullopt;
}

// Parses "alice:100000:65536". Returns nothing for another form, and for uids that nobody may lend.
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

const SubordinateUids::Range* SubordinateUids::RangeOf(uid_t uid) const {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), uid,
                       [](uid_t wanted, const Range& range) { return wanted < range.first; });
  const bool lent = after != ranges_.begin() && uid <= std::prev(after)->last;
  return lent ? &*std::prev(after) : nullptr;
}

uid_t SubordinateUids::OwnerOf(uid_t uid, Moment now) {
  LookAtFiles(now);
  for (int lenders = 0; lenders < kMaxLenders; ++lenders) {
    const Range* range = RangeOf(uid);
    if (range == nullptr || range->owner == uid) {
      break;
    }
    uid = range->owner;
  }
  return uid;
}

void SubordinateUids::Know(const std::string& name, uid_t uid) {
  const auto borrower = borrowers_.find(name);
  if (borrower != borrowers_.end() && !borrower->second.uid) {
    borrower->second.uid = uid;
    SetOwners();
  }
}

SubordinateUids::FileState SubordinateUids::StateOf(const std::string& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) {
    return {};
  }
  return {status.st_ino, status.st_size,
          std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

void SubordinateUids::LookAtFiles(Moment now) {
  if (now < next_look_) {
    return;
  }
  next_look_ = now + kLookAgain;
  const FileState state = StateOf(file_);
  const FileState passwd = StateOf(passwd_);
  if (state == read_ && passwd == passwd_read_) {
    return;
  }
  read_ = state;
  passwd_read_ = passwd;
  Read();
  ReadPasswd();
  SetOwners();
}

void SubordinateUids::Read() {
  ranges_.clear();
  borrowers_.clear();
  std::ifstream file(file_);
  std::size_t bytes = 0;
  for (std::string line; bytes < kMaxFileBytes && std::getline(file, line);) {
    bytes += line.size() + 1;
    if (auto lent = ReadLine(line)) {
      const auto first = static_cast<uid_t>(lent->first);
      borrowers_.try_emplace(lent->to, Borrower{first, ReadUid(lent->to)});
      ranges_.push_back({first, static_cast<uid_t>(lent->last), std::move(lent->to), first});
    }
  }
  std::stable_sort(ranges_.begin(), ranges_.end(),
                   [](const Range& a, const Range& b) { return a.first < b.first; });
}

// Parses "alice:x:1000:…", for users with lent uids.
void SubordinateUids::ReadPasswd() {
  if (borrowers_.empty()) {
    return;
  }
  std::ifstream file(passwd_);
  std::size_t bytes = 0;
  for (std::string line; bytes < kMaxFileBytes && std::getline(file, line);) {
    bytes += line.size() + 1;
    std::istringstream fields(line);
    std::string name;
    std::string password;
    std::string uid;
    if (std::getline(fields, name, ':') && std::getline(fields, password, ':') &&
        std::getline(fields, uid, ':')) {
      const auto borrower = borrowers_.find(name);
      if (borrower != borrowers_.end() && !borrower->second.uid) {
        borrower->second.uid = ReadUid(uid);
      }
    }
  }
}

void SubordinateUids::SetOwners() {
  for (Range& range : ranges_) {
    const Borrower& borrower = borrowers_.at(range.borrower);
    range.owner = borrower.uid.value_or(0) == 0 ? borrower.first : *borrower.uid;
  }
}

}  // namespace twofactor
