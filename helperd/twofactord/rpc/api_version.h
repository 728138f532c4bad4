#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_API_VERSION_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_API_VERSION_H_

#include <compare>
#include <optional>
#include <string_view>

namespace twofactor {

// A version of the TrueNAS API, which a WebSocket's path asks for.
struct ApiVersion {
  int year = 25;
  int month = 4;
  int patch = 2;  // As a whole the reference's, which lines and /api/current have.

  // NOLINTNEXTLINE(modernize-use-nullptr): what the compiler generates.
  friend auto operator<=>(const ApiVersion&, const ApiVersion&) = default;
};

// The version that a request's target asks for: "/api/current", "/api/v25.04.0", "/api/v25.10".
// None for a target that is not the API's. A pure function.
std::optional<ApiVersion> ParseApiPath(std::string_view target);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_API_VERSION_H_
