#ifndef TWOFACTOR_COMMON_BASE_USERNAME_H_
#define TWOFACTOR_COMMON_BASE_USERNAME_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/result.h"

namespace twofactor {

// A login name that may stand in a store, a log line or a file: 1 to kMaxBytes bytes without
// control characters, '/' or ':' (passwd(5)). Whether such a user exists is NSS's to say; the
// stores are keyed by the canonical name, the pw_name that NSS answers with.
class Username {
 public:
  static constexpr std::size_t kMaxBytes = 112;

  // Fails with kInvalidParams, naming the rule that `name` breaks.
  static Result<Username> Parse(std::string_view name);

  const std::string& text() const { return text_; }
  friend bool operator==(const Username&, const Username&) = default;
  friend auto operator<=>(const Username&, const Username&) = default;

 private:
  explicit Username(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_USERNAME_H_
