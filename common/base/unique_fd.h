#ifndef TWOFACTOR_COMMON_BASE_UNIQUE_FD_H_
#define TWOFACTOR_COMMON_BASE_UNIQUE_FD_H_

#include <utility>

namespace twofactor {

// Owns one file descriptor and closes it. Holds -1 if it owns none. Not thread-safe.
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
  // Gives up the descriptor; the caller closes it.
  [[nodiscard]] int Release() { return std::exchange(fd_, -1); }
  void Reset(int fd = -1);

 private:
  int fd_ = -1;
};

// Returns the descriptor. If it is one of the three standard ones, which an application may have
// closed, returns a copy above them: anything else that writes to standard error must not write to
// our file or socket. Invalid, with errno set, if no other descriptor is left.
UniqueFd AboveStandard(UniqueFd fd);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_UNIQUE_FD_H_
