#include "helperd/twofactord/api/shape.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <variant>

namespace twofactor {
namespace {

using nlohmann::json;

void AddFault(std::vector<Fault>& faults, const std::string& attribute, std::string message) {
  faults.push_back({attribute, std::move(message), EINVAL});
}

// The value of a JSON integer; none for what is not one or does not fit.
std::optional<std::int64_t> IntegerOf(const json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    constexpr auto kMost = static_cast<std::uint64_t>(INT64_MAX);
    return number <= kMost ? static_cast<std::int64_t>(number) : INT64_MAX;
  }
  if (value.is_number_integer()) {
    return value.get<std::int64_t>();
  }
  return std::nullopt;
}

}  // namespace

struct Shape::Node {
  virtual ~Node() = default;
  virtual void Check(const json& value, const std::string& attribute,
                     std::vector<Fault>& faults) const = 0;
  virtual json Schema() const = 0;

  struct StringNode;
  struct ConstantNode;
  struct IntegerNode;
  struct BooleanNode;
  struct AnythingNode;
  struct AnyObjectNode;
  struct ObjectNode;
  struct ArrayNode;
  struct AnyOfNode;
};

struct Shape::Node::StringNode final : Node {
  StringNode(std::size_t least_bytes, std::size_t most_bytes)
      : least(least_bytes), most(most_bytes) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (!value.is_string()) {
      AddFault(faults, attribute, "Input should be a valid string");
      return;
    }
    const auto& text = value.get_ref<const std::string&>();
    if (text.size() < least) {
      AddFault(faults, attribute,
               "String should have at least " + std::to_string(least) + " characters");
    } else if (text.size() > most) {
      AddFault(faults, attribute,
               "String should have at most " + std::to_string(most) + " characters");
    } else if (text.find('\0') != std::string::npos) {
      AddFault(faults, attribute, "String should not hold a NUL character");
    }
  }
  json Schema() const override {
    return {{"type", "string"}, {"minLength", least}, {"maxLength", most}};
  }

  std::size_t least;
  std::size_t most;
};

struct Shape::Node::ConstantNode final : Node {
  explicit ConstantNode(std::string value) : text(std::move(value)) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (value != json(text)) {
      AddFault(faults, attribute, "Input should be '" + text + "'");
    }
  }
  json Schema() const override { return {{"const", text}}; }

  std::string text;
};

struct Shape::Node::IntegerNode final : Node {
  IntegerNode(std::int64_t least_value, std::int64_t most_value)
      : least(least_value), most(most_value) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    const auto number = IntegerOf(value);
    if (!number) {
      AddFault(faults, attribute, "Input should be a valid integer");
    } else if (*number < least) {
      AddFault(faults, attribute,
               "Input should be greater than or equal to " + std::to_string(least));
    } else if (*number > most) {
      AddFault(faults, attribute, "Input should be less than or equal to " + std::to_string(most));
    }
  }
  json Schema() const override {
    return {{"type", "integer"}, {"minimum", least}, {"maximum", most}};
  }

  std::int64_t least;
  std::int64_t most;
};

struct Shape::Node::BooleanNode final : Node {
  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (!value.is_boolean()) {
      AddFault(faults, attribute, "Input should be a valid boolean");
    }
  }
  json Schema() const override { return {{"type", "boolean"}}; }
};

struct Shape::Node::AnythingNode final : Node {
  void Check(const json&, const std::string&, std::vector<Fault>&) const override {}
  json Schema() const override { return json::object(); }
};

struct Shape::Node::AnyObjectNode final : Node {
  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (!value.is_object()) {
      AddFault(faults, attribute, "Input should be a valid object");
    }
  }
  json Schema() const override { return {{"type", "object"}}; }
};

struct Shape::Node::ObjectNode final : Node {
  explicit ObjectNode(std::vector<Field> keys) : fields(std::move(keys)) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (!value.is_object()) {
      AddFault(faults, attribute, "Input should be a valid object");
      return;
    }
    for (const Field& field : fields) {
      const auto found = value.find(field.name);
      if (found != value.end()) {
        field.shape.Check(*found, attribute + "." + field.name, faults);
      } else if (field.required) {
        AddFault(faults, attribute + "." + field.name, "Field required");
      }
    }
    for (const auto& [key, ignored] : value.items()) {
      const bool known =
          std::any_of(fields.begin(), fields.end(),
                      [&name = key](const Field& field) { return field.name == name; });
      if (!known) {
        AddFault(faults, attribute + "." + key, "Extra inputs are not permitted");
      }
    }
  }
  json Schema() const override {
    json schema = {{"type", "object"},
                   {"properties", json::object()},
                   {"required", json::array()},
                   {"additionalProperties", false}};
    for (const Field& field : fields) {
      json property = field.shape.Schema();
      property["description"] = field.description;
      schema["properties"][field.name] = std::move(property);
      if (field.required) {
        schema["required"].push_back(field.name);
      }
    }
    return schema;
  }

  std::vector<Field> fields;
};

struct Shape::Node::ArrayNode final : Node {
  ArrayNode(Shape item_shape, std::size_t most_items)
      : item(std::move(item_shape)), most(most_items) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (!value.is_array()) {
      AddFault(faults, attribute, "Input should be a valid list");
      return;
    }
    if (value.size() > most) {
      AddFault(faults, attribute, "List should have at most " + std::to_string(most) + " items");
      return;
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
      item.Check(value[i], attribute + "." + std::to_string(i), faults);
    }
  }
  json Schema() const override {
    return {{"type", "array"}, {"items", item.Schema()}, {"maxItems", most}};
  }

  Shape item;
  std::size_t most;
};

struct Shape::Node::AnyOfNode final : Node {
  explicit AnyOfNode(std::vector<Shape> choices) : shapes(std::move(choices)) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    std::vector<Fault> all;
    for (const Shape& shape : shapes) {
      std::vector<Fault> own;
      shape.Check(value, attribute, own);
      if (own.empty()) {
        return;
      }
      all.insert(all.end(), own.begin(), own.end());
    }
    faults.insert(faults.end(), all.begin(), all.end());
  }
  json Schema() const override {
    json schema = {{"anyOf", json::array()}};
    for (const Shape& shape : shapes) {
      schema["anyOf"].push_back(shape.Schema());
    }
    return schema;
  }

  std::vector<Shape> shapes;
};

Shape Shape::String(std::size_t least, std::size_t most) {
  return Shape(std::make_shared<Node::StringNode>(least, most));
}
Shape Shape::Constant(std::string text) {
  return Shape(std::make_shared<Node::ConstantNode>(std::move(text)));
}
Shape Shape::Integer(std::int64_t least, std::int64_t most) {
  return Shape(std::make_shared<Node::IntegerNode>(least, most));
}
Shape Shape::Boolean() { return Shape(std::make_shared<Node::BooleanNode>()); }
Shape Shape::Anything() { return Shape(std::make_shared<Node::AnythingNode>()); }
Shape Shape::AnyObject() { return Shape(std::make_shared<Node::AnyObjectNode>()); }
Shape Shape::Object(std::vector<Field> fields) {
  return Shape(std::make_shared<Node::ObjectNode>(std::move(fields)));
}
Shape Shape::Array(Shape item, std::size_t most) {
  return Shape(std::make_shared<Node::ArrayNode>(std::move(item), most));
}
Shape Shape::AnyOf(std::vector<Shape> shapes) {
  return Shape(std::make_shared<Node::AnyOfNode>(std::move(shapes)));
}

void Shape::Check(const json& value, const std::string& attribute,
                  std::vector<Fault>& faults) const {
  node_->Check(value, attribute, faults);
}

json Shape::Schema() const { return node_->Schema(); }

Result<void> CheckParams(const Parameters& parameters, const json& params) {
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Shape::Field& parameter = parameters[i];
    if (i < params.size()) {
      parameter.shape.Check(params[i], parameter.name, faults);
    } else if (parameter.required) {
      AddFault(faults, parameter.name, "Field required");
    }
  }
  if (params.size() > parameters.size()) {
    AddFault(faults, "params",
             "Too many arguments: expected at most " + std::to_string(parameters.size()));
  }
  return faults.empty() ? Result<void>() : Fail(Error::InvalidParams(std::move(faults)));
}

json ParamsSchema(const Parameters& parameters) {
  json schema = {{"type", "array"}, {"prefixItems", json::array()}, {"items", false}};
  std::size_t required = 0;
  for (const Shape::Field& parameter : parameters) {
    json item = parameter.shape.Schema();
    item["title"] = parameter.name;
    item["description"] = parameter.description;
    schema["prefixItems"].push_back(std::move(item));
    required += parameter.required ? 1 : 0;
  }
  schema["minItems"] = required;
  return schema;
}

}  // namespace twofactor
