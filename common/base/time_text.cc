#include "common/base/time_text.h"

#include <array>
#include <ctime>

namespace twofactor {

std::string LocalTimeText(WallTime time) {
  const std::time_t seconds = time.time_since_epoch().count();
  std::tm local{};
  std::array<char, 64> text{};
  if (localtime_r(&seconds, &local) == nullptr ||
      std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &local) == 0) {
    return {};
  }
  return text.data();
}

}  // namespace twofactor
