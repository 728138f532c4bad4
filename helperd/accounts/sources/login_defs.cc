#include "helperd/accounts/sources/login_defs.h"

#include <charconv>

#include "helperd/accounts/sources/text_file.h"

namespace twofactor {
namespace {

void SetNumber(std::uint32_t& target, std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) {
    target = number;
  }
}

}  // namespace

IdRanges ParseLoginDefs(std::string_view text) {
  IdRanges ranges;
  for (const std::string_view line : LinesOf(text)) {
    const auto words = WordsOf(line);
    if (words.size() < 2) {
      continue;
    }
    if (words[0] == "UID_MIN") {
      SetNumber(ranges.uid_min, words[1]);
    } else if (words[0] == "UID_MAX") {
      SetNumber(ranges.uid_max, words[1]);
    } else if (words[0] == "GID_MIN") {
      SetNumber(ranges.gid_min, words[1]);
    } else if (words[0] == "GID_MAX") {
      SetNumber(ranges.gid_max, words[1]);
    }
  }
  return ranges;
}

}  // namespace twofactor
