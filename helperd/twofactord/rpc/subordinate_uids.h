#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_SUBORDINATE_UIDS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_SUBORDINATE_UIDS_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace twofactor {

// The uid that a uid counts with. A user may become each of the tens of thousands of uids that
// subuid(5) lends them (newuidmap(1)), and all of them count with the user's own. subuid(5) names
// the user; the uid is in passwd(5), or is learned when a directory user first appears. The files
// are read again when they change; they are checked at most once per second. Not thread-safe.
class SubordinateUids {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  // An empty `passwd` means no file.
  explicit SubordinateUids(std::string file, std::string passwd = "")
      : file_(std::move(file)), passwd_(std::move(passwd)) {}

  // Returns the uid of the user to whom `uid` is lent, or `uid` itself if it is lent to nobody. The
  // first of a user's lent uids represents a user whose own uid is not known, and root, with whom
  // root's containers do not count.
  uid_t OwnerOf(uid_t uid, Moment now);
  // Notes that the system gives this uid for a name. passwd(5) takes precedence.
  void Know(const std::string& name, uid_t uid);

 private:
  struct Range {
    uid_t first;
    uid_t last;
    std::string borrower;
    uid_t owner;
  };
  // Distinguishes one state of the file from the next.
  struct FileState {
    ino_t inode = 0;
    off_t size = -1;
    std::int64_t changed_ns = 0;
    bool operator==(const FileState&) const = default;
  };
  // A range of uids that are lent to a user.
  struct Borrower {
    uid_t first;                              // Of the range.
    std::optional<uid_t> uid = std::nullopt;  // The user's own.
  };
  static FileState StateOf(const std::string& file);
  void LookAtFiles(Moment now);
  void Read();
  void ReadPasswd();
  void SetOwners();
  const Range* RangeOf(uid_t uid) const;

  std::string file_;
  std::string passwd_;
  Moment next_look_{};
  FileState read_;
  FileState passwd_read_;
  std::map<std::string, Borrower> borrowers_;
  std::vector<Range> ranges_;  // Sorted; useradd(8) makes none that overlap.
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_SUBORDINATE_UIDS_H_
