#include "helperd/accounts/sources/user_record.h"

#include "helperd/accounts/tool.h"
#include "helperd/messages/string_rule.h"

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
    return Fail(ErrorCode::kUnavailable, "the output of userdbctl is not a user record");
  }
  const auto email = record.find("emailAddress");
  // A record contains whatever somebody wrote to it.
  const bool is_email = email != record.end() && email->is_string() &&
                        kEmailRule.accepts(email->get_ref<const std::string&>());
  return is_email ? *email : nlohmann::json();
}

}  // namespace twofactor
