#include "common/base/username.h"

#include <algorithm>

namespace twofactor {
namespace {

bool IsForbidden(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return byte < 0x20 || byte == 0x7F || byte == '/' || byte == ':';
}

}  // namespace

Result<Username> Username::Parse(std::string_view name) {
  if (name.empty()) {
    return Fail(ErrorCode::kInvalidParams, "must not be empty");
  }
  if (name.size() > kMaxBytes) {
    return Fail(ErrorCode::kInvalidParams,
                "must be at most " + std::to_string(kMaxBytes) + " bytes");
  }
  if (std::any_of(name.begin(), name.end(), IsForbidden)) {
    return Fail(ErrorCode::kInvalidParams, "must not contain control characters, '/' or ':'");
  }
  return Username(std::string(name));
}

}  // namespace twofactor
