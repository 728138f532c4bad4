#include "cli/connection.h"

#include <chrono>

#include "cli/translate.h"
#include "common/base/username.h"

namespace twofactor {
namespace {

// Longer than the daemon's own deadlines, so that its words are heard and not only ours.
constexpr std::chrono::seconds kCallTime{20};

}  // namespace

Result<nlohmann::json> SocketConnection::Call(std::string_view method,
                                              const nlohmann::json& params) {
  if (!client_) {
    auto client = ApiClient::Connect(paths_, kCallTime);
    if (!client) {
      return Fail(ErrorCode::kUnavailable,
                  Say("%1 (start it: systemctl start twofactord.socket twofactord.service)",
                      client.error().message()));
    }
    client_.emplace(std::move(*client));
  }
  return client_->Call(method, params);
}

Result<std::string> TargetOf(Connection& connection, const std::vector<std::string>& operands) {
  if (!operands.empty()) {
    return Username::Parse(operands[0])
               ? Result<std::string>(operands[0])
               : Fail(ErrorCode::kInvalidParams,
                      Say("a user with such a name cannot have a second factor: it must have 1 to "
                          "%1 bytes, and no control characters, '/' or ':'",
                          Username::kMaxBytes));
  }
  const auto me = connection.Call("auth.me", nlohmann::json::array());
  if (!me) {
    return Fail(me.error());
  }
  if (!me->is_object() || !me->contains("pw_name") || !(*me)["pw_name"].is_string()) {
    return Fail(ErrorCode::kNoSuchUser, Say("you have no user name on this system"));
  }
  return (*me)["pw_name"].get<std::string>();
}

}  // namespace twofactor
