#include <algorithm>

#include "helperd/messages/date_time.h"
#include "helperd/messages/shape_node.h"

namespace twofactor {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// Counts the characters of UTF-8: every byte that does not continue one.
std::size_t CharactersOf(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string Characters(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " character" : " characters");
}

// Returns the value of a JSON integer, the nearest one if it does not fit; none for anything else.
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

struct StringNode final : Shape::Node {
  explicit StringNode(StringBounds string_bounds) : bounds(string_bounds) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (!value.is_string()) {
      AddFault(faults, attribute, "Input should be a valid string");
      return;
    }
    const auto& text = value.get_ref<const std::string&>();
    const std::size_t length = CharactersOf(text);
    if (length < bounds.least) {
      AddFault(faults, attribute, "String should have at least " + Characters(bounds.least));
    } else if (bounds.most && length > *bounds.most) {
      AddFault(faults, attribute, "String should have at most " + Characters(*bounds.most));
    } else if (bounds.rule != nullptr && !bounds.rule->accepts(text)) {
      AddFault(faults, attribute, bounds.rule->fault);
    }
  }
  ordered_json Schema() const override {
    ordered_json schema = {{"type", "string"}};
    if (bounds.rule != nullptr) {
      schema[bounds.rule->keyword] = bounds.rule->value;
    }
    if (bounds.least > 0) {
      schema["minLength"] = bounds.least;
    }
    if (bounds.most) {
      schema["maxLength"] = *bounds.most;
    }
    return schema;
  }

  StringBounds bounds;
};

struct EnumNode final : Shape::Node {
  explicit EnumNode(std::vector<std::string> choices) : texts(std::move(choices)) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    // Compare strings with strings: comparing a string with a json is ambiguous.
    const auto* text = value.get_ptr<const std::string*>();
    if (text != nullptr && std::find(texts.begin(), texts.end(), *text) != texts.end()) {
      return;
    }
    std::string message = "Input should be ";
    for (std::size_t i = 0; i < texts.size(); ++i) {
      message += (i == 0 ? "'" : i + 1 == texts.size() ? " or '" : ", '") + texts[i] + "'";
    }
    AddFault(faults, attribute, std::move(message));
  }
  ordered_json Schema() const override {
    return texts.size() == 1 ? ordered_json{{"type", "string"}, {"const", texts[0]}}
                             : ordered_json{{"type", "string"}, {"enum", texts}};
  }

  std::vector<std::string> texts;
};

struct IntegerNode final : Shape::Node {
  explicit IntegerNode(IntegerBounds integer_bounds) : bounds(integer_bounds) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    const auto number = IntegerOf(value);
    if (!number) {
      AddFault(faults, attribute, "Input should be a valid integer");
    } else if (bounds.least && *number < *bounds.least) {
      AddFault(faults, attribute,
               "Input should be greater than or equal to " + std::to_string(*bounds.least));
    } else if (bounds.most && *number > *bounds.most) {
      AddFault(faults, attribute,
               "Input should be less than or equal to " + std::to_string(*bounds.most));
    }
  }
  ordered_json Schema() const override {
    ordered_json schema = {{"type", "integer"}};
    if (bounds.least) {
      schema["minimum"] = *bounds.least;
    }
    if (bounds.most) {
      schema["maximum"] = *bounds.most;
    }
    return schema;
  }

  IntegerBounds bounds;
};

// Types that the JSON type alone distinguishes.
struct TypeNode final : Shape::Node {
  using Is = bool (*)(const json& value);
  TypeNode(const char* type_name, const char* type_fault, Is type_is)
      : name(type_name), fault(type_fault), is(type_is) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (!is(value)) {
      AddFault(faults, attribute, fault);
    }
  }
  ordered_json Schema() const override { return {{"type", name}}; }

  const char* name;
  const char* fault;
  Is is;
};

struct DateTimeNode final : Shape::Node {
  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (!MillisecondsOf(value)) {
      AddFault(faults, attribute, kDateTimeRule.fault);
    }
  }
  ordered_json Schema() const override {
    return {{"type", "string"}, {kDateTimeRule.keyword, kDateTimeRule.value}};
  }
};

struct AnythingNode final : Shape::Node {
  void Check(const json&, const std::string&, std::vector<Fault>&) const override {}
  ordered_json Schema() const override { return ordered_json::object(); }
};

Shape OfType(const char* name, const char* fault, TypeNode::Is is) {
  return Shape(std::make_shared<TypeNode>(name, fault, is));
}

}  // namespace

Shape Shape::String(StringBounds bounds) { return Shape(std::make_shared<StringNode>(bounds)); }
Shape Shape::Constant(std::string text) { return Enum({std::move(text)}); }
Shape Shape::Enum(std::vector<std::string> texts) {
  return Shape(std::make_shared<EnumNode>(std::move(texts)));
}
Shape Shape::Integer(IntegerBounds bounds) { return Shape(std::make_shared<IntegerNode>(bounds)); }
Shape Shape::DateTime() { return Shape(std::make_shared<DateTimeNode>()); }
Shape Shape::Number() {
  return OfType("number", "Input should be a valid number",
                [](const json& value) { return value.is_number(); });
}
Shape Shape::Boolean() {
  return OfType("boolean", "Input should be a valid boolean",
                [](const json& value) { return value.is_boolean(); });
}
Shape Shape::Null() {
  return OfType("null", "Input should be null", [](const json& value) { return value.is_null(); });
}
Shape Shape::AnyObject() {
  return OfType("object", "Input should be a valid object",
                [](const json& value) { return value.is_object(); });
}
Shape Shape::Anything() { return Shape(std::make_shared<AnythingNode>()); }

}  // namespace twofactor
