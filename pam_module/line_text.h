#ifndef TWOFACTOR_PAM_MODULE_LINE_TEXT_H_
#define TWOFACTOR_PAM_MODULE_LINE_TEXT_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "common/base/one_line.h"

namespace twofactor {

// A line for a log, built without allocating memory. What does not fit is cut.
class LineText {
 public:
  static constexpr std::size_t kMaxBytes = kLongestLogValue;

  // Adds at most `most` bytes of `text`, as one line.
  LineText& Add(std::string_view text, std::size_t most = kMaxBytes) {
    size_ += CopyAsOneLine(text.substr(0, most), {bytes_.data() + size_, bytes_.size() - size_});
    return *this;
  }
  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, kMaxBytes> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_LINE_TEXT_H_
