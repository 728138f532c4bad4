#include "helperd/accounts/sources/user_record.h"

#include "helperd/accounts/tool.h"

namespace twofactor {

std::vector<std::string> UserdbctlArguments(const std::string& user) {
  return {"--json=short", "user", "--", user};
}

Result<nlohmann::json> ReadEmail(const ChildOutput& output) {
  if (output.status != 0) {
    const bool unknown = output.err.find("does not exist") != std::string::npos;
    return unknown ? Result<nlohmann::json>(nullptr) : Fail(ToolFailed("userdbctl", output));
  }
  const auto record = nlohmann::json::parse(output.out, nullptr, /*allow_exceptions=*/false);
  if (!record.is_object()) {
    return Fail(ErrorCode::kUnavailable, "userdbctl answers with no user record");
  }
  const auto email = record.find("emailAddress");
  return email != record.end() && email->is_string() ? *email : nlohmann::json();
}

}  // namespace twofactor
