#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_PATTERN_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_PATTERN_H_

#include <cstddef>
#include <memory>
#include <string_view>

namespace re2 {
class RE2;
}

namespace twofactor {

// A regular expression that a caller sent. RE2 matches in time that is linear in the text, with
// memory that is bounded and a stack that does not grow, whatever the expression; so it has no
// backreferences and does not look around.
//
// Cheap to copy. Thread-safe.
class Pattern {
 public:
  static constexpr std::size_t kMaxCharacters = 128;
  // What is longer than this matches nothing: expressions run beside everybody's calls.
  static constexpr std::size_t kMaxSubjectBytes = 1024;

  static bool IsValid(std::string_view expression);

  // One that is not valid matches nothing.
  explicit Pattern(std::string_view expression);

  // Does the text begin with a match, as Python's re.match has it?
  bool MatchesStartOf(std::string_view text) const;

 private:
  std::shared_ptr<const re2::RE2> expression_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_PATTERN_H_
