#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_FACTOR_WATCH_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_FACTOR_WATCH_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/username.h"

namespace twofactor {

// Says whether a user's second factor is still what it was when this was given out. Whatever rests
// on a code that was verified (a remembered origin, a connection's proof) keeps one, and counts for
// as long as it holds. Copies are the same one. Not synchronized.
class UnchangedFactor {
 public:
  // One that does not hold.
  UnchangedFactor() = default;
  bool holds() const { return holds_ != nullptr && *holds_; }

 private:
  friend class FactorWatch;
  explicit UnchangedFactor(std::shared_ptr<const bool> holds) : holds_(std::move(holds)) {}

  std::shared_ptr<const bool> holds_;
};

// Gives them out, and ends those of a user whose factor has changed. Remembers a user only while
// somebody keeps one. Not synchronized.
class FactorWatch {
 public:
  using Told = std::function<void(std::string_view username)>;

  UnchangedFactor Watch(const Username& username);
  // Ends what was given out of this name, whatever the uid, and tells of it.
  void NoteChange(std::string_view username);

  // `told` gets the name of each user whose factor changes, watched or not; null: nobody is told.
  void OnChange(Told told) { told_ = std::move(told); }

  // Of how many users something is remembered.
  std::size_t users() const { return watched_.size(); }

 private:
  void ForgetTheUnwatched();

  std::map<std::string, std::weak_ptr<bool>, std::less<>> watched_;
  Told told_;
  std::size_t look_at_ = 64;  // With so many users, those whom nobody watches are forgotten.
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_FACTOR_WATCH_H_
