#include "tests/unit/api_docs/documented_field.h"

namespace twofactor {
namespace {

using nlohmann::ordered_json;

std::string ObjectOf(const ordered_json& schema) {
  return schema.value("additionalProperties", ordered_json(true)) == false ? "closed object"
                                                                           : "object";
}

std::string ObjectWithFieldsOf(const ordered_json& schema) {
  std::string names;
  const ordered_json properties = schema.value("properties", ordered_json::object());
  for (const auto& [name, property] : properties.items()) {
    names += (names.empty() ? " of " : ", ") + name;
  }
  return ObjectOf(schema) + names;
}

// Every keyword that bounds a value is named, known here or not.
std::string FactsOf(const ordered_json& schema) {
  std::string facts;
  for (const auto& [key, value] : schema.items()) {
    const bool says_more = key == "type" || key == "title" || key == "description" ||
                           key == "default" || key == "const";
    if (!says_more) {
      facts += " " + key + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
    }
  }
  return facts;
}

std::string TypeOf(const ordered_json& schema) {
  if (schema.contains("const")) {
    return "const " + schema["const"].dump() + FactsOf(schema);
  }
  if (schema.contains("prefixItems")) {
    return schema["items"] == false ? "closed tuple" : "tuple";
  }
  if (schema["type"] == "array") {
    return "array of " + TypeOf(schema["items"]);
  }
  return schema["type"] == "object" ? ObjectWithFieldsOf(schema)
                                    : schema["type"].get<std::string>() + FactsOf(schema);
}

void AddTypes(const ordered_json& schema, std::vector<std::string>& types) {
  if (!schema.contains("anyOf")) {
    types.push_back(TypeOf(schema));
    return;
  }
  for (const ordered_json& choice : schema["anyOf"]) {
    AddTypes(choice, types);
  }
}

class Walk {
 public:
  // Of an object whose fields the reference lists on their own, the fields follow.
  void Add(const std::string& path, const ordered_json& schema, bool lists_fields) {
    DocumentedField field{path, schema["title"], {}, "none", {}};
    if (lists_fields && schema["type"] == "object") {
      field.types = {ObjectOf(schema)};
    } else {
      AddTypes(schema, field.types);
    }
    if (schema.contains("default")) {
      field.default_value = schema["default"].dump();
    }
    field.description = OnOneLine(schema.value("description", ""));
    fields.push_back(std::move(field));
    if (lists_fields && schema["type"] == "object") {
      AddFields(path, schema);
    }
  }

  std::vector<DocumentedField> fields;

 private:
  void AddFields(const std::string& path, const ordered_json& schema) {
    for (const auto& [name, property] : schema["properties"].items()) {
      const std::string title = property["title"];
      const bool is_model = title.find("Entry") != std::string::npos;
      Add(is_model ? title : path + "." + name, property, is_model);
    }
  }
};

}  // namespace

std::vector<DocumentedField> ReadSchemas(const std::string& method, const std::string& description,
                                         const ordered_json& params, const ordered_json& result) {
  Walk walk;
  // The page's object is the pair of parameters and result.
  walk.fields.push_back({"", method, {"object", TypeOf(params)}, "none", OnOneLine(description)});
  for (const ordered_json& parameter : params["prefixItems"]) {
    walk.Add(parameter["title"], parameter, true);
  }
  walk.Add(result["title"], result, true);
  return std::move(walk.fields);
}

}  // namespace twofactor
