#include "tests/timing/socket_try.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/wire/api_client.h"
#include "pam_module/authenticator.h"

namespace twofactor::timing {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr std::chrono::seconds kTimeout{10};

json AnswerTo(ApiClient& client, const char* method, const json& params) {
  auto answer = client.Call(method, params);
  if (!answer) {
    throw std::runtime_error(std::string(method) + ": " + answer.error().message());
  }
  return std::move(*answer);
}

}  // namespace

Try SocketTry(const RunPaths& paths) {
  return [paths](const std::string& name, const std::string& code) {
    const bool ghost = name.substr(0, kGhostPrefix.size()) == kGhostPrefix;
    // What the module asks for in the place of somebody whom the system does not know.
    const Account nobody = NobodysAccount();
    const json account = ghost ? json::array({nobody.name.text(), nobody.uid, "test"})
                               : json::array({name, UidOf(name), "test"});
    json with_code = account;
    with_code.push_back(json::array({code}));
    with_code.push_back(true);
    auto client = ApiClient::Connect(paths, kTimeout).value();
    const auto start = Clock::now();
    static_cast<void>(AnswerTo(client, "pam.state", account));
    const auto asked = Clock::now();
    static_cast<void>(AnswerTo(client, "pam.verify", with_code));
    const auto end = Clock::now();
    return Seen{"answered", std::chrono::nanoseconds(asked - start).count(),
                std::chrono::nanoseconds(end - asked).count()};
  };
}

}  // namespace twofactor::timing
