#ifndef TWOFACTOR_HELPERD_ACCOUNTS_PROGRESS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_PROGRESS_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/username.h"

namespace twofactor {

// The step that a worker is at, and whom its request is about, in a page that its parent shares and
// can still read when it has killed the worker: so that a timeout names the source that hung. In
// the other direction it tells the worker what the parent knew before the fork.
//
// Made before the fork. One process writes, the other reads after that one's death. Where there is
// no memory for the page, steps and names are lost and nothing else.
class Progress {
 public:
  static constexpr std::size_t kMaxStepBytes = 96;
  static constexpr std::size_t kMaxUserBytes = Username::kMaxBytes;
  // For each user, the processes of earlier workers that not even SIGKILL has ended: a file system
  // that never answers holds its readers.
  using HeldReaders = std::map<std::string, int, std::less<>>;

  Progress();
  Progress(Progress&& other) noexcept;
  Progress& operator=(Progress&& other) noexcept;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  // `step` is cut at kMaxStepBytes.
  void Enter(std::string_view step);
  // The last step, as printable ASCII whatever the worker wrote; "the request" before the first.
  std::string step() const;

  // `user` is cut at kMaxUserBytes, and then no name of a user any more.
  void SetUser(std::string_view user);
  // Empty for a request about nobody.
  std::string user() const;

  // For the parent, before the fork.
  void SetHeldReaders(HeldReaders held) { held_ = std::move(held); }
  int held_readers(std::string_view user) const;

 private:
  void Write(std::size_t at, std::string_view text, std::size_t most);
  std::string Read(std::size_t at, std::size_t most) const;

  char* page_;
  HeldReaders held_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_PROGRESS_H_
