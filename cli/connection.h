#ifndef TWOFACTOR_CLI_CONNECTION_H_
#define TWOFACTOR_CLI_CONNECTION_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/wire/api_client.h"

namespace twofactor {

// The daemon as the commands see it; tests script one.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual Result<nlohmann::json> Call(std::string_view method, const nlohmann::json& params) = 0;
};

// The daemon at the other end of its socket, reached with the first call.
class SocketConnection final : public Connection {
 public:
  explicit SocketConnection(RunPaths paths) : paths_(std::move(paths)) {}
  Result<nlohmann::json> Call(std::string_view method, const nlohmann::json& params) override;

 private:
  RunPaths paths_;
  std::optional<ApiClient> client_;
};

// The name of the user that a command is for: the operand, else the caller's own, which the daemon
// tells.
Result<std::string> TargetOf(Connection& connection, const std::vector<std::string>& operands);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_CONNECTION_H_
