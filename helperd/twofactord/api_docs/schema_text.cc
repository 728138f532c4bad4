#include "helperd/twofactord/api_docs/schema_text.h"

#include <algorithm>

namespace twofactor {
namespace {

using nlohmann::ordered_json;

bool HasFields(const ordered_json& schema) { return schema.contains("properties"); }

// "array of string", "integer"
std::string KindOf(const ordered_json& schema) {
  if (schema.contains("const")) {
    return "const";
  }
  if (!schema.contains("type")) {
    return "anything";
  }
  const std::string type = schema["type"];
  const bool plain = schema.contains("items") && schema["items"].contains("type");
  return plain ? type + " of " + schema["items"]["type"].get<std::string>() : type;
}

// Which fields there must be, where that is not all of them.
std::string RequiredOf(const ordered_json& object) {
  const ordered_json& required = object["required"];
  if (required.size() == object["properties"].size()) {
    return "";
  }
  if (required.empty()) {
    return "Any of these may be left out";
  }
  std::string names;
  for (const ordered_json& name : required) {
    names += (names.empty() ? "`" : ", `") + name.get<std::string>() + "`";
  }
  return "Required: " + names;
}

std::string DefaultOf(const ordered_json& schema) {
  return schema.contains("default") ? " Default: `" + schema["default"].dump() + "`" : "";
}

class TypeWriter {
 public:
  explicit TypeWriter(std::vector<ordered_json>& written) : written_(written) {}

  void Write(const ordered_json& schema, const std::string& indent) {
    if (schema.contains("anyOf")) {
      for (const ordered_json& choice : schema["anyOf"]) {
        Write(choice, indent);
      }
      return;
    }
    text_ += indent + "- Type: " + KindOf(schema);
    for (const std::string& bound : BoundsOf(schema)) {
      text_ += ". " + bound;
    }
    if (HasFields(schema)) {
      WriteFields(schema, indent + "  ");
      return;
    }
    text_ += "\n";
    WriteInside(schema, indent + "  ");
  }

  std::string text() const { return text_; }

 private:
  void WriteFields(const ordered_json& schema, const std::string& indent) {
    if (std::find(written_.begin(), written_.end(), schema) != written_.end()) {
      text_ += ". Its fields are those above\n";
      return;
    }
    const std::string required = RequiredOf(schema);
    text_ += (required.empty() ? "" : ". " + required) + "\n";
    written_.push_back(schema);
    for (const auto& [name, property] : schema["properties"].items()) {
      WriteNamed("`" + name + "`", property, indent);
    }
  }

  void WriteInside(const ordered_json& schema, const std::string& indent) {
    if (schema.contains("prefixItems")) {
      for (const ordered_json& item : schema["prefixItems"]) {
        WriteNamed(item["title"], item, indent);
      }
    } else if (schema.contains("items")) {
      text_ += indent + "- Each item of this array must be:\n";
      Write(schema["items"], indent + "  ");
    } else if (schema.contains("additionalProperties")) {
      text_ += indent + "- Each value must be:\n";
      Write(schema["additionalProperties"], indent + "  ");
    }
  }

  void WriteNamed(const std::string& name, const ordered_json& schema, const std::string& indent) {
    text_ += indent + "- " + name + ":" + DefaultOf(schema) + " " +
             schema["description"].get<std::string>() + "\n";
    Write(schema, indent + "  ");
  }

  std::vector<ordered_json>& written_;
  std::string text_;
};

}  // namespace

std::string TypeList(const ordered_json& schema, std::vector<ordered_json>& written) {
  TypeWriter writer(written);
  writer.Write(schema, "");
  return writer.text();
}

std::string FieldSection(const std::string& name, const ordered_json& schema, int level) {
  const std::string title = schema["title"];
  std::string text = std::string(static_cast<std::size_t>(level), '#') + " " + title + "\n\n";
  text += title == name ? "" : "`" + name + "`\n\n";
  if (HasFields(schema)) {
    const std::string required = RequiredOf(schema);
    return text + "Type: object" + DefaultOf(schema) + "\n\nNo Additional Properties\n\n" +
           schema["description"].get<std::string>() + "\n\n" +
           (required.empty() ? "" : required + "\n\n") + FieldSections(schema, level + 1);
  }
  if (schema.contains("anyOf") || schema.contains("items")) {
    std::vector<ordered_json> written;
    text += schema.contains("default") ? DefaultOf(schema).substr(1) + "\n\n" : "";
    return text + TypeList(schema, written) + "\n" + schema["description"].get<std::string>() +
           "\n\n";
  }
  text += "Type: " + KindOf(schema) + DefaultOf(schema) + "\n\n" +
          schema["description"].get<std::string>() + "\n\n";
  for (const std::string& bound : BoundsOf(schema)) {
    text += bound + "\n\n";
  }
  return text;
}

std::string FieldSections(const ordered_json& object, int level) {
  std::string text;
  for (const auto& [name, property] : object["properties"].items()) {
    text += FieldSection(name, property, level);
  }
  return text;
}

}  // namespace twofactor
