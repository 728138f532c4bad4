#include <algorithm>

#include "helperd/messages/shape_node.h"

namespace twofactor {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

struct ObjectNode final : Shape::Node {
  ObjectNode(std::vector<Shape::Field> keys, std::string object_title)
      : fields(std::move(keys)), title(std::move(object_title)) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (!value.is_object()) {
      AddFault(faults, attribute, "Input should be a valid object");
      return;
    }
    for (const Shape::Field& field : fields) {
      const auto found = value.find(field.name);
      if (found != value.end()) {
        field.shape.Check(*found, PathOf(attribute, field.name), faults);
      } else if (field.required) {
        AddFault(faults, PathOf(attribute, field.name), "Field required");
      }
    }
    for (const auto& [key, ignored] : value.items()) {
      const bool known =
          std::any_of(fields.begin(), fields.end(),
                      [&name = key](const Shape::Field& field) { return field.name == name; });
      if (!known) {
        AddFault(faults, PathOf(attribute, key), "Extra inputs are not permitted");
      }
    }
  }
  ordered_json Schema() const override {
    ordered_json schema = ordered_json::object();
    if (!title.empty()) {
      schema["title"] = title;
    }
    schema["type"] = "object";
    schema["properties"] = ordered_json::object();
    schema["required"] = ordered_json::array();
    schema["additionalProperties"] = false;
    for (const Shape::Field& field : fields) {
      schema["properties"][field.name] = field.Schema();
      if (field.required) {
        schema["required"].push_back(field.name);
      }
    }
    return schema;
  }
  std::shared_ptr<const Node> Partial() const override {
    std::vector<Shape::Field> some = fields;
    for (Shape::Field& field : some) {
      field.required = false;
      field.shape = field.shape.Partial();
    }
    return std::make_shared<ObjectNode>(std::move(some), title);
  }

  std::vector<Shape::Field> fields;
  std::string title;
};

struct MapNode final : Shape::Node {
  explicit MapNode(Shape value_shape) : shape(std::move(value_shape)) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (!value.is_object()) {
      AddFault(faults, attribute, "Input should be a valid object");
      return;
    }
    for (const auto& [key, item] : value.items()) {
      shape.Check(item, PathOf(attribute, key), faults);
    }
  }
  ordered_json Schema() const override {
    return {{"type", "object"}, {"additionalProperties", shape.Schema()}};
  }

  Shape shape;
};

struct ArrayNode final : Shape::Node {
  ArrayNode(Shape item_shape, std::optional<std::size_t> most_items)
      : item(std::move(item_shape)), most(most_items) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (!value.is_array()) {
      AddFault(faults, attribute, "Input should be a valid list");
      return;
    }
    if (most && value.size() > *most) {
      AddFault(faults, attribute, "List should have at most " + std::to_string(*most) + " items");
      return;
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
      item.Check(value[i], PathOf(attribute, std::to_string(i)), faults);
    }
  }
  ordered_json Schema() const override {
    ordered_json schema = {{"type", "array"}, {"items", item.Schema()}};
    if (most) {
      schema["maxItems"] = *most;
    }
    return schema;
  }

  Shape item;
  std::optional<std::size_t> most;
};

struct TupleNode final : Shape::Node {
  explicit TupleNode(std::vector<Shape::Field> tuple_items) : items(std::move(tuple_items)) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (!value.is_array()) {
      AddFault(faults, attribute, "Input should be a valid list");
      return;
    }
    if (value.size() != items.size()) {
      AddFault(faults, attribute, "List should have " + std::to_string(items.size()) + " items");
      return;
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
      items[i].shape.Check(value[i], PathOf(attribute, std::to_string(i)), faults);
    }
  }
  ordered_json Schema() const override {
    ordered_json schema = {{"type", "array"}, {"prefixItems", ordered_json::array()}};
    for (const Shape::Field& item : items) {
      schema["prefixItems"].push_back(item.Schema());
    }
    schema["items"] = false;
    schema["minItems"] = items.size();
    return schema;
  }

  std::vector<Shape::Field> items;
};

}  // namespace

Shape Shape::Object(std::vector<Field> fields, std::string title) {
  return Shape(std::make_shared<ObjectNode>(std::move(fields), std::move(title)));
}
Shape Shape::Map(Shape value) { return Shape(std::make_shared<MapNode>(std::move(value))); }
Shape Shape::Array(Shape item, std::optional<std::size_t> most) {
  return Shape(std::make_shared<ArrayNode>(std::move(item), most));
}
Shape Shape::Tuple(std::vector<Field> items) {
  return Shape(std::make_shared<TupleNode>(std::move(items)));
}

}  // namespace twofactor
