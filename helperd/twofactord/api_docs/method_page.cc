#include "helperd/messages/date_time.h"
#include "helperd/twofactord/api_docs/examples.h"
#include "helperd/twofactord/api_docs/pages.h"
#include "helperd/twofactord/api_docs/reference_differences.h"
#include "helperd/twofactord/api_docs/schema_text.h"
#include "helperd/twofactord/rpc/rpc_errors.h"

namespace twofactor {
namespace {

using nlohmann::ordered_json;

// What fits on a line of a terminal that somebody reads.
constexpr std::size_t kShortAnswer = 100;

std::string ParametersOf(const MethodContract& contract) {
  const ordered_json schema = ParamsSchema(contract.parameters);
  std::string text = "## Parameters\n\n";
  if (!schema.contains("prefixItems")) {
    return text + "None: an empty array.\n\n";
  }
  text += "Type: array\n\nNo Additional Items\n\n";
  int number = 0;
  for (const ordered_json& item : schema["prefixItems"]) {
    const bool required = ++number <= schema["minItems"].get<int>();
    const std::string name = item["title"];
    text += "### Parameter " + std::to_string(number) + ": " + name +
            (required ? "" : " (may be left out)") + "\n\n";
    // The heading is written already.
    const std::string section = FieldSection(name, item, 3);
    text += section.substr(section.find("\n\n") + 2);
  }
  return text;
}

std::string ResultOf(const MethodContract& contract) {
  const ordered_json schema = ResultSchema(contract.name, contract.result);
  const std::string text = "## " + schema["title"].get<std::string>() + "\n\n";
  if (schema.contains("properties")) {
    return text + "Type: object\n\nNo Additional Properties\n\n" + FieldSections(schema, 3);
  }
  std::vector<ordered_json> written;
  return text + TypeList(schema, written) + "\n";
}

std::string AccessOf(const Method& method) {
  const AccessRule& rule = RuleOf(method.access);
  return "## Required roles\n\n" + (rule.roles.empty() ? "None" : ListOf(rule.roles)) +
         "\n\n## Who may call it\n\n" + std::string(rule.meaning) + "\n\n";
}

const char* MeaningOf(ErrorCode code, bool is_query) {
  if (is_query && code == ErrorCode::kConflict) {
    return "The option `get` is set and nothing matches.";
  }
  switch (code) {
    case ErrorCode::kNotPermitted:
      return "The caller may not do this, or not for this user.";
    case ErrorCode::kNoSuchUser:
      return "No such user.";
    case ErrorCode::kFactorRequired:
      return "Verify a code on this connection first, with auth.login_ex_continue or"
             " user.verify_twofactor_token.";
    case ErrorCode::kRateLimited:
      return "Too many new secrets or attempts for this user. `reason` says how long to wait.";
    case ErrorCode::kConflict:
      return "Not possible in the present state, or a code is wrong. `reason` says which.";
    case ErrorCode::kTooLarge:
      return "A name is too long, or there are too many of something.";
    case ErrorCode::kTimedOut:
      return "A directory of users did not answer in time.";
    case ErrorCode::kUnavailable:
      return "A store or a directory of users is not available now.";
    case ErrorCode::kCorrupt:
      return "The data is damaged or was changed.";
    case ErrorCode::kUnknownVersion:
      return "A newer version of twofactor wrote the data.";
    default:
      return "";
  }
}

std::string Errors(const Method& method) {
  std::string text = "## Errors\n\n| code | `data.errname` | when |\n| --- | --- | --- |\n";
  text +=
      "| -32602 | EINVAL | The parameters do not fit the schema: `data.extra` has a row for"
      " each validation error. |\n";
  const Parameters& parameters = ContractOf(method.name).parameters;
  const bool is_query = parameters.size() == 2 && parameters[0].name == "filters";
  for (const ErrorCode code : ErrorsOf(method)) {
    text += std::string("| -32001 | ") + ErrnoOf(code).name + " | " + MeaningOf(code, is_query) +
            " |\n";
  }
  return text + "\n";
}

std::string ExampleCall(const Method& method) {
  const Example* example = ExampleOf(method.name);
  if (example == nullptr) {
    return "";
  }
  const ordered_json request = {
      {"jsonrpc", "2.0"}, {"id", 1}, {"method", method.name}, {"params", example->params}};
  nlohmann::json answer = {{"jsonrpc", "2.0"}, {"id", 1}, {"result", example->result}};
  WriteDatesAsText(answer);  // As the line transport, which socat speaks.
  std::string text = "## Example\n\n```\n$ echo '" + request.dump() +
                     "' |\n    socat -t 20 - UNIX-CONNECT:/run/twofactor/api.sock\n";
  if (answer.dump().size() <= kShortAnswer) {
    return text + answer.dump() + "\n```\n";
  }
  return text + "```\n\nThe answer, on one line:\n\n```json\n" + answer.dump(2) + "\n```\n";
}

std::string Differences(const Method& method) {
  if (method.name != "user.renew_2fa_secret") {
    return "";
  }
  std::string text =
      "\n## Differences from the reference\n\nEverything else is as on TrueNAS' page of this "
      "method."
      " A test compares the two, and accepts only these differences.\n\n| field | here | why |\n| "
      "--- |"
      " --- | --- |\n";
  for (const ReferenceDifference& difference : ReferenceDifferences()) {
    std::string what = difference.what;
    // A bar would end the cell.
    for (std::size_t i = what.find('|'); i != std::string::npos; i = what.find('|', i + 2)) {
      what.insert(i, "\\");
    }
    text += "| `" + difference.path + "` | `" + what + "` | " + difference.why + " |\n";
  }
  return text;
}

}  // namespace

std::string MethodPage(const Method& method) {
  const MethodContract& contract = ContractOf(method.name);
  return "# " + std::string(method.name) + "\n\n" + std::string(contract.description) + "\n\n" +
         ParametersOf(contract) + ResultOf(contract) + AccessOf(method) + Errors(method) +
         ExampleCall(method) + Differences(method);
}

}  // namespace twofactor
