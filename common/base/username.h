#ifndef TWOFACTOR_COMMON_BASE_USERNAME_H_
#define TWOFACTOR_COMMON_BASE_USERNAME_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/result.h"

namespace twofactor {

// A login name that may appear in a store, a log line or a file: 1 to kMaxBytes bytes without
// control characters, '/' or ':' (passwd(5)). NSS decides whether the user exists. The stores use
// the canonical name, the pw_name that NSS returns.
class Username {
 public:
  static constexpr std::size_t kMaxBytes = 112;

  // Parses `name`. Fails with kInvalidParams, naming the rule that `name` breaks.
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
