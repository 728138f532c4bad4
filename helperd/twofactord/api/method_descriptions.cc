#include "helperd/twofactord/api/method_descriptions.h"

#include <algorithm>
#include <utility>

#include "helperd/twofactord/api/method_contracts.h"

namespace twofactor {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::string ServiceOf(std::string_view method) {
  return std::string(method.substr(0, method.rfind('.')));
}

ordered_json NamesOf(const std::vector<Role>& roles) {
  ordered_json names = ordered_json::array();
  for (const Role role : roles) {
    names.push_back(NameOf(role));
  }
  return names;
}

// A schema as TrueNAS gives it to its clients: each member of an object states its name and whether
// it is required, and each object the order of its members.
ordered_json WithOrder(ordered_json schema) {
  for (auto& [key, inner] : schema.items()) {
    if (inner.is_structured() && key != "default" && key != "required") {
      inner = WithOrder(std::move(inner));
    }
  }
  if (!schema.is_object() || !schema.contains("properties") || !schema["properties"].is_object()) {
    return schema;
  }
  const ordered_json required = schema.value("required", ordered_json::array());
  schema["_attrs_order_"] = ordered_json::array();
  for (auto& [name, member] : schema["properties"].items()) {
    schema["_attrs_order_"].push_back(name);
    member["_name_"] = name;
    member["_required_"] =
        std::find(required.begin(), required.end(), ordered_json(name)) != required.end();
  }
  return schema;
}

ordered_json AcceptsOf(const Parameters& parameters) {
  ordered_json accepts = ordered_json::array();
  for (const Shape::Field& parameter : parameters) {
    ordered_json schema = WithOrder(parameter.Schema());
    schema["title"] = parameter.name;
    schema["_name_"] = parameter.name;
    schema["_required_"] = parameter.required;
    accepts.push_back(std::move(schema));
  }
  return accepts;
}

ordered_json Describe(const Method& method) {
  const MethodContract& contract = ContractOf(method.name);
  const AccessRule& rule = RuleOf(method.access);
  const ordered_json result = ResultSchema(method.name, contract.result);
  std::string_view summary = FirstSentence(contract.description);
  summary.remove_suffix(1);  // The full stop.
  return {{"name", method.name},
          {"description", contract.description},
          {"cli_description", summary},
          {"roles", NamesOf(rule.roles)},
          {"access", rule.name},
          {"params", ParamsSchema(contract.parameters)},
          {"result", result},
          {"accepts", AcceptsOf(contract.parameters)},
          {"returns", ordered_json::array({WithOrder(result)})},
          {"examples", ordered_json::object()},
          {"no_auth_required", method.access == Access::kAnybody},
          {"no_authz_required", rule.roles.empty()},
          {"cli_private", false},
          {"filterable", method.name.ends_with(".query")},
          {"filterable_schema", nullptr},
          {"pass_application", false},
          {"job", false},
          {"downloadable", false},
          {"uploadable", false},
          {"check_pipes", false}};
}

const char* KindOf(const std::string& service) {
  const bool crud = FindMethod(service + ".query") != nullptr;
  const bool config = FindMethod(service + ".config") != nullptr;
  return crud ? "crud" : config ? "config" : "service";
}

}  // namespace

ordered_json DescribeMethods(const std::string& service) {
  ordered_json methods = ordered_json::object();
  for (const Method& method : MethodTable()) {
    if (service.empty() || service == ServiceOf(method.name)) {
      methods[std::string(method.name)] = Describe(method);
    }
  }
  return methods;
}

json DescribeServices() {
  json services = json::object();
  for (const Method& method : MethodTable()) {
    const std::string name = ServiceOf(method.name);
    services[name] = {{"type", KindOf(name)},
                      {"config",
                       {{"namespace", name},
                        {"cli_namespace", name},
                        {"cli_description", nullptr},
                        {"cli_private", false},
                        {"private", false},
                        {"verbose_name", name}}}};
  }
  return services;
}

}  // namespace twofactor
