#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_SUBORDINATE_UIDS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_SUBORDINATE_UIDS_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace twofactor {

// With whom a uid counts. A user may become each of the tens of thousands of uids that subuid(5)
// lends them (newuidmap(1)); all that one user was lent count as one. The file is read again when
// another is there; it is looked at once a second at most. Not synchronised.
class SubordinateUids {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  explicit SubordinateUids(std::string file) : file_(std::move(file)) {}

  // The first of the uids that are lent to the same user; `uid` itself where it is lent to nobody.
  uid_t OwnerOf(uid_t uid, Moment now);

 private:
  struct Range {
    uid_t first;
    uid_t last;
    uid_t owner;
  };
  // What tells one state of the file from the next.
  struct FileState {
    ino_t inode = 0;
    off_t size = -1;
    std::int64_t changed_ns = 0;
    bool operator==(const FileState&) const = default;
  };
  void LookAtFile(Moment now);
  void Read();

  std::string file_;
  Moment next_look_{};
  FileState read_;
  std::vector<Range> ranges_;  // In order; useradd(8) makes none that overlap.
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_SUBORDINATE_UIDS_H_
