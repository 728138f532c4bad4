#ifndef TWOFACTOR_HELPERD_MESSAGES_SHAPE_H_
#define TWOFACTOR_HELPERD_MESSAGES_SHAPE_H_

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "helperd/messages/string_rule.h"

namespace twofactor {

// Characters are counted, as JSON Schema does, and not bytes.
struct StringBounds {
  std::size_t least = 0;
  std::optional<std::size_t> most = std::nullopt;
  const StringRule* rule = nullptr;
};

struct IntegerBounds {
  std::optional<std::int64_t> least = std::nullopt;
  std::optional<std::int64_t> most = std::nullopt;
};

// At most so many of something, anywhere in a value.
struct Limit {
  std::size_t most;
  std::size_t (*count)(const nlohmann::json& value);
  const char* of_what;
};

// What a JSON value may be. The one definition that values are checked against and that JSON Schema
// (2020-12) is made from, so the two cannot differ.
//
// Immutable and cheap to copy. Thread-safe.
class Shape {
 public:
  struct Field;
  struct Case;
  struct Node;

  static Shape String(StringBounds bounds = {});
  static Shape Constant(std::string text);
  static Shape Enum(std::vector<std::string> texts);
  // A moment: {"$date": milliseconds since 1970}. Its schema is that of the line transport, an RFC
  // 3339 string.
  static Shape DateTime();
  // A number that is written without a fraction.
  static Shape Integer(IntegerBounds bounds = {});
  static Shape Number();
  static Shape Boolean();
  static Shape Null();
  // Any JSON value.
  static Shape Anything();
  // Any JSON object.
  static Shape AnyObject();
  // An object of these keys and no others. `title` names it where many share it.
  static Shape Object(std::vector<Field> fields, std::string title = {});
  // An object of any keys whose values have one shape.
  static Shape Map(Shape value);
  static Shape Array(Shape item, std::optional<std::size_t> most = std::nullopt);
  // An array of exactly these.
  static Shape Tuple(std::vector<Field> items);
  // What has one of the shapes. Of a value that has none of them, the faults of the shape are told
  // that it was meant to have: which finds all its faults inside of the value, and the fewest.
  // Where there is no such shape, those of all.
  static Shape AnyOf(std::vector<Shape> shapes);
  static Shape Nullable(Shape shape);
  // What has the shape `base`, and the consequence of every case whose condition it fulfils.
  static Shape When(Shape base, std::vector<Case> cases);
  // What has the shape `base` and keeps to a limit that JSON Schema has no words for; the limit is
  // looked at first, so that it also bounds the work of checking.
  static Shape Limited(Shape base, const Limit& limit);

  // An object of some of the keys, and so on inside it; other shapes are their own.
  Shape Partial() const;

  // Appends every fault of `value` to `faults`; `attribute` is the dotted path that names it.
  void Check(const nlohmann::json& value, const std::string& attribute,
             std::vector<Fault>& faults) const;
  // Keys are in the order of the definition.
  nlohmann::ordered_json Schema() const;

  explicit Shape(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

 private:
  std::shared_ptr<const Node> node_;
};

struct Shape::Case {
  Shape condition;
  Shape consequence;
};

struct Shape::Field {
  std::string name;
  std::string description;
  Shape shape;
  bool required = false;
  // What holds where the field is left out, or was never set.
  std::optional<nlohmann::json> default_value = std::nullopt;

  // The field's schema with its title ("Otp Digits" for otp_digits, where the shape has none of its
  // own), description and default.
  nlohmann::ordered_json Schema() const;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_SHAPE_H_
