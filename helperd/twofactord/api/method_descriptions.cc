#include "helperd/twofactord/api/method_descriptions.h"

#include <algorithm>
#include <utility>

#include "helperd/twofactord/api/method_table.h"

namespace twofactor {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::string ServiceOf(std::string_view method) {
  return std::string(method.substr(0, method.rfind('.')));
}

const char* NameOf(Access access) {
  switch (access) {
    case Access::kUnidentified:
      return "anybody";
    case Access::kAnyone:
      return "identified";
    case Access::kAdmins:
      return "admins";
    case Access::kFullAdmin:
      return "FULL_ADMIN";
  }
  return "";
}

// A schema as TrueNAS gives it to its clients: each member of an object says its name and whether
// it is required, each object the order of its members.
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

std::string FirstSentence(std::string_view text) {
  return std::string(text.substr(0, text.find('.')));
}

ordered_json Describe(const Method& method) {
  const ordered_json result = ResultSchema(method.name, method.result);
  return {{"name", method.name},
          {"description", method.description},
          {"cli_description", FirstSentence(method.description)},
          {"roles", RolesFor(method.access)},
          {"access", NameOf(method.access)},
          {"params", ParamsSchema(method.parameters)},
          {"result", result},
          {"accepts", AcceptsOf(method.parameters)},
          {"returns", ordered_json::array({WithOrder(result)})},
          {"examples", ordered_json::object()},
          {"no_auth_required", method.access == Access::kUnidentified},
          {"no_authz_required", RolesFor(method.access).empty()},
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
