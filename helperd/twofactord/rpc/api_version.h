#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_API_VERSION_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_API_VERSION_H_

#include <compare>
#include <optional>
#include <string_view>

namespace twofactor {

// A version of the TrueNAS API, selected by a WebSocket's path.
struct ApiVersion {
  int year = 25;
  int month = 4;
  int patch = 2;  // With the defaults, the reference's version, as for lines and /api/current.

  // NOLINTNEXTLINE(modernize-use-nullptr): what the compiler generates.
  friend auto operator<=>(const ApiVersion&, const ApiVersion&) = default;
};

// Returns the version in a request's target: "/api/current", "/api/v25.04.0", "/api/v25.10". None
// for a target outside the API. A pure function.
std::optional<ApiVersion> ParseApiPath(std::string_view target);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_API_VERSION_H_
