#ifndef TWOFACTOR_COMMON_BASE_UNIQUE_FD_H_
#define TWOFACTOR_COMMON_BASE_UNIQUE_FD_H_

#include <utility>

namespace twofactor {

// Owns one file descriptor and closes it. Holds -1 when it owns none. Not synchronised.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      Reset(other.Release());
    }
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  // Gives the descriptor away; the caller closes it.
  [[nodiscard]] int Release() { return std::exchange(fd_, -1); }
  void Reset(int fd = -1);

 private:
  int fd_ = -1;
};

// The descriptor, or a copy of it in its place where it is one of the three standard ones, which a
// program may have closed: what else writes to its standard error must not write into a file or a
// socket of ours. Invalid, with errno, where no other one is left.
UniqueFd AboveStandard(UniqueFd fd);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_UNIQUE_FD_H_
