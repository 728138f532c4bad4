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

// Counts characters, like JSON Schema, and not bytes.
struct StringBounds {
  std::size_t least = 0;
  std::optional<std::size_t> most = std::nullopt;
  const StringRule* rule = nullptr;
};

struct IntegerBounds {
  std::optional<std::int64_t> least = std::nullopt;
  std::optional<std::int64_t> most = std::nullopt;
};

// A maximum number of something, anywhere in a value.
struct Limit {
  std::size_t most;
  std::size_t (*count)(const nlohmann::json& value);
  const char* of_what;
};

// A schema: what a JSON value may be. Values are checked against it, and JSON Schema (2020-12) is
// made from it, so the two cannot differ.
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
  // A moment: {"$date": milliseconds since 1970}. Its JSON Schema is that of the line transport, an
  // RFC 3339 string.
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
  // An object with these keys and no others. `title` names it if many share it.
  static Shape Object(std::vector<Field> fields, std::string title = {});
  // An object with any keys whose values have one schema.
  static Shape Map(Shape value);
  static Shape Array(Shape item, std::optional<std::size_t> most = std::nullopt);
  // An array of exactly these items.
  static Shape Tuple(std::vector<Field> items);
  // A value that fits one of the schemas. If it fits none, reports the validation errors of the
  // schema that was probably meant: the one whose errors are all inside the value, and fewest. If
  // there is no such schema, reports those of all.
  static Shape AnyOf(std::vector<Shape> shapes);
  static Shape Nullable(Shape shape);
  // A value that fits `base`, and the consequence of every case whose condition it meets.
  static Shape When(Shape base, std::vector<Case> cases);
  // A value that fits `base` and stays within a limit that JSON Schema cannot express. The limit is
  // checked first, so that it also bounds the work of checking.
  static Shape Limited(Shape base, const Limit& limit);

  // Returns the schema of an object with some of the keys, recursively; other schemas are returned
  // unchanged.
  Shape Partial() const;

  // Appends every validation error of `value` to `faults`; `attribute` is the dotted path that
  // names it.
  void Check(const nlohmann::json& value, const std::string& attribute,
             std::vector<Fault>& faults) const;
  // Returns the JSON Schema, with keys in the order of the definition.
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
  // The value if the field is left out, or was never set.
  std::optional<nlohmann::json> default_value = std::nullopt;

  // Returns the field's JSON Schema with its title ("Otp Digits" for otp_digits, if the schema has
  // none), description and default.
  nlohmann::ordered_json Schema() const;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_SHAPE_H_
