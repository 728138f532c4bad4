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

// With whom a uid counts. A user may become each of the tens of thousands of uids that subuid(5)
// lends them (newuidmap(1)): all of them count with the user's own. subuid(5) names the user; the
// uid is in passwd(5), or is learned when a user of a directory is there for the first time. The
// files are read again when others are there; they are looked at once a second at most. Not
// synchronised.
class SubordinateUids {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  // An empty `passwd` is no file.
  explicit SubordinateUids(std::string file, std::string passwd = "")
      : file_(std::move(file)), passwd_(std::move(passwd)) {}

  // The uid of the user to whom `uid` is lent, `uid` itself where it is lent to nobody. The first
  // of that user's uids stands for a user whose own is not known, and for root, with whom its
  // containers do not count.
  uid_t OwnerOf(uid_t uid, Moment now);
  // The system says that the user of this name has this uid. What passwd(5) says comes first.
  void Know(const std::string& name, uid_t uid);

 private:
  struct Range {
    uid_t first;
    uid_t last;
    std::string borrower;
    uid_t owner;
  };
  // What tells one state of the file from the next.
  struct FileState {
    ino_t inode = 0;
    off_t size = -1;
    std::int64_t changed_ns = 0;
    bool operator==(const FileState&) const = default;
  };
  // To whom uids are lent.
  struct Borrower {
    uid_t first;                              // Of the uids.
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
  std::vector<Range> ranges_;  // In order; useradd(8) makes none that overlap.
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_SUBORDINATE_UIDS_H_
