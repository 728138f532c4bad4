#ifndef TWOFACTOR_HELPERD_ACCOUNTS_PROGRESS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_PROGRESS_H_

#include <string>
#include <string_view>

namespace twofactor {

// The step that a worker is at, in a page that its parent shares and can still read when it has
// killed the worker: so that a timeout names the source that hung.
//
// Made before the fork. One process writes, the other reads after that one's death. Where there is
// no memory for the page, steps are lost and nothing else.
class Progress {
 public:
  static constexpr std::size_t kMaxStepBytes = 96;

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

 private:
  char* page_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_PROGRESS_H_
