#include "cli/json_fields.h"

namespace twofactor {

using nlohmann::json;

namespace {

const json* FieldOf(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

std::string TextAt(const json& object, const char* key) {
  const json* const field = FieldOf(object, key);
  return field != nullptr && field->is_string() ? field->get<std::string>() : std::string();
}

std::int64_t NumberAt(const json& object, const char* key) {
  const json* const field = FieldOf(object, key);
  return field != nullptr && field->is_number_integer() ? field->get<std::int64_t>() : 0;
}

bool TruthAt(const json& object, const char* key, bool without) {
  const json* const field = FieldOf(object, key);
  return field != nullptr && field->is_boolean() ? field->get<bool>() : without;
}

json ObjectAt(const json& object, const char* key) {
  const json* const field = FieldOf(object, key);
  return field != nullptr && field->is_object() ? *field : json::object();
}

json ListAt(const json& object, const char* key) {
  const json* const field = FieldOf(object, key);
  return field != nullptr && field->is_array() ? *field : json::array();
}

std::string LineOf(const json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace twofactor
