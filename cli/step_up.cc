#include "cli/step_up.h"

#include <string>

#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

Result<void> ProveFactor(Connection& daemon, Terminal& terminal) {
  const auto code =
      terminal.Ask(Say("Current code of a device that is already set up, or a recovery code: "));
  if (!code) {
    return Fail(ErrorCode::kFactorRequired,
                Say("a current code is needed on standard input; nothing was changed"));
  }
  const auto answer = daemon.Call(
      "auth.login_ex_continue",
      json::array({{{"mechanism", "OTP_TOKEN"}, {"otp_token", std::string(code->text())}}}));
  if (!answer) {
    return Fail(answer.error());
  }
  if (TextAt(*answer, "response_type") != "SUCCESS") {
    return Fail(ErrorCode::kNotPermitted, Say("this is not a current code; nothing was changed"));
  }
  return {};
}

}  // namespace

Result<json> CallProving(Connection& daemon, Terminal& terminal, std::string_view method,
                         const json& params) {
  auto answer = daemon.Call(method, params);
  if (answer || answer.error().code() != ErrorCode::kFactorRequired) {
    return answer;
  }
  if (const auto proved = ProveFactor(daemon, terminal); !proved) {
    return Fail(proved.error());
  }
  return daemon.Call(method, params);
}

}  // namespace twofactor
