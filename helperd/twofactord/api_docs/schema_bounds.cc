#include <algorithm>
#include <array>

#include "helperd/twofactord/api_docs/schema_text.h"

namespace twofactor {
namespace {

using nlohmann::ordered_json;

// What is no bound, and what RangeOf says.
bool IsSaidElsewhere(const std::string& key) {
  static constexpr std::array kKeys = {
      "$schema",    "title",    "description", "type",        "default",
      "properties", "required", "items",       "prefixItems", "anyOf",
      "allOf",      "minimum",  "maximum",     "minItems",    "additionalProperties"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

std::string BoundOf(const std::string& key, const ordered_json& value) {
  if (key == "const") {
    return "Specific value: `" + value.dump() + "`";
  }
  if (key == "format") {
    return "Format: " + value.get<std::string>();
  }
  if (key == "minLength") {
    return "Must be at least " + value.dump() + " characters long";
  }
  if (key == "maxLength") {
    return "Must be at most " + value.dump() + " characters long";
  }
  if (key == "maxItems") {
    return "Must have at most " + value.dump() + " items";
  }
  if (key == "pattern") {
    return "Must match `" + value.get<std::string>() + "`";
  }
  if (key == "enum") {
    return "Must be one of: `" + value.dump() + "`";
  }
  if (key == "$comment") {
    return "Must have " + value.get<std::string>();
  }
  return key + ": " + (value.is_string() ? value.get<std::string>() : value.dump());
}

std::string RangeOf(const ordered_json& schema) {
  std::string range;
  if (schema.contains("minimum")) {
    range += "greater or equal to " + schema["minimum"].dump();
  }
  if (schema.contains("maximum")) {
    range += (range.empty() ? "lesser or equal to " : " and lesser or equal to ") +
             schema["maximum"].dump();
  }
  return range.empty() ? range : "Value must be " + range;
}

}  // namespace

std::vector<std::string> BoundsOf(const ordered_json& schema) {
  std::vector<std::string> bounds;
  if (std::string range = RangeOf(schema); !range.empty()) {
    bounds.push_back(std::move(range));
  }
  for (const auto& [key, value] : schema.items()) {
    if (!IsSaidElsewhere(key)) {
      bounds.push_back(BoundOf(key, value));
    }
  }
  return bounds;
}

}  // namespace twofactor
