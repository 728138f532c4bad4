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

// The present step of a worker, and the user of its request, in a page that the parent shares. The
// parent can still read it after killing the worker, so that a timeout names the source that hung.
// In the other direction, it tells the worker what the parent knew before the fork.
//
// Make it before the fork. One process writes; the other reads after that process has died. If
// there is no memory for the page, only steps and names are lost.
class Progress {
 public:
  static constexpr std::size_t kMaxStepBytes = 96;
  static constexpr std::size_t kMaxUserBytes = Username::kMaxBytes;
  // For each user, the processes of earlier workers that not even SIGKILL has ended, because a file
  // system that never answers holds them.
  using HeldReaders = std::map<std::string, int, std::less<>>;

  Progress();
  Progress(Progress&& other) noexcept;
  Progress& operator=(Progress&& other) noexcept;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  // Sets the step, cut at kMaxStepBytes.
  void Enter(std::string_view step);
  // Returns the last step, as printable ASCII whatever the worker wrote; "the request" before the
  // first.
  std::string step() const;

  // Sets the user, cut at kMaxUserBytes; a name that was cut is no user's.
  void SetUser(std::string_view user);
  // Returns the user; empty for a request about nobody.
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
