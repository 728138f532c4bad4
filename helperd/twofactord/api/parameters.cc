#include "helperd/twofactord/api/parameters.h"

#include <cerrno>
#include <string>

namespace twofactor {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kDialect = "https://json-schema.org/draft/2020-12/schema";

// "UserRenew2faSecretResult" for user.renew_2fa_secret, as TrueNAS names it.
std::string ResultTitle(std::string_view method) {
  std::string title;
  bool starts_word = true;
  for (const char c : method) {
    if (c == '.' || c == '_') {
      starts_word = true;
      continue;
    }
    const bool small = c >= 'a' && c <= 'z';
    title += starts_word && small ? static_cast<char>(c - 'a' + 'A') : c;
    starts_word = false;
  }
  return title + "Result";
}

}  // namespace

Result<void> CheckParams(const Parameters& parameters, const json& params) {
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Shape::Field& parameter = parameters[i];
    if (i < params.size()) {
      parameter.shape.Check(params[i], parameter.name, faults);
    } else if (parameter.required) {
      faults.push_back({parameter.name, "Field required", EINVAL});
    }
  }
  if (params.size() > parameters.size()) {
    faults.push_back({"",
                      "Too many arguments (expected " + std::to_string(parameters.size()) +
                          ", found " + std::to_string(params.size()) + ")",
                      EINVAL});
  }
  return faults.empty() ? Result<void>() : Fail(Error::InvalidParams(std::move(faults)));
}

ordered_json ParamsSchema(const Parameters& parameters) {
  ordered_json items = ordered_json::array();
  std::size_t required = 0;
  for (const Shape::Field& parameter : parameters) {
    ordered_json item = parameter.Schema();
    // A parameter goes by its name, and not by a title made of it.
    item["title"] = parameter.name;
    items.push_back(std::move(item));
    required += parameter.required ? 1 : 0;
  }
  ordered_json schema = {{"$schema", kDialect}, {"type", "array"}};
  if (!items.empty()) {
    // An empty prefixItems is against the specification.
    schema["prefixItems"] = std::move(items);
  }
  schema["items"] = false;
  schema["minItems"] = required;
  return schema;
}

ordered_json ResultSchema(std::string_view method, const Shape& result) {
  ordered_json schema = {{"$schema", kDialect}, {"title", ResultTitle(method)}};
  schema.update(result.Schema());
  schema["title"] = ResultTitle(method);
  return schema;
}

}  // namespace twofactor
