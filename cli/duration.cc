#include "cli/duration.h"
#include "cli/translate.h"

#include <array>
#include <charconv>

namespace twofactor {
namespace {

struct Unit {
  char letter;
  std::int64_t seconds;
};
constexpr std::array kUnits = {Unit{'h', 3600}, Unit{'m', 60}, Unit{'s', 1}};
constexpr std::int64_t kMostSeconds = std::int64_t{366} * 24 * 3600;

tl::unexpected<Error> Malformed() {
  return Fail(ErrorCode::kInvalidParams,
              Say("a duration is written like 30m, 1h or 2h30m, and is greater than zero"));
}

}  // namespace

Result<std::chrono::seconds> ParseDuration(std::string_view text) {
  std::int64_t seconds = 0;
  auto unit = kUnits.begin();
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (error != std::errc() || number < 0 || number > kMostSeconds || text.empty()) {
      return Malformed();
    }
    while (unit != kUnits.end() && unit->letter != text.front()) {
      ++unit;
    }
    if (unit == kUnits.end()) {
      return Malformed();
    }
    seconds += number * unit->seconds;
    ++unit;
    text.remove_prefix(1);
  }
  return seconds > 0 && seconds <= kMostSeconds ? Result<std::chrono::seconds>(seconds)
                                                : Malformed();
}

}  // namespace twofactor
