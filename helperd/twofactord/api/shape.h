#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_SHAPE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_SHAPE_H_

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace twofactor {

// What a parameter may be. The one definition that calls are checked against and that the JSON
// Schema (2020-12) of core.get_methods is made from, so the two cannot differ.
//
// Immutable and cheap to copy. Thread-safe.
class Shape {
 public:
  struct Field;

  // Lengths count bytes of UTF-8.
  static Shape String(std::size_t least, std::size_t most);
  static Shape Constant(std::string text);
  static Shape Integer(std::int64_t least, std::int64_t most);
  static Shape Boolean();
  // Any JSON value.
  static Shape Anything();
  // Any JSON object.
  static Shape AnyObject();
  // An object of these keys and no others.
  static Shape Object(std::vector<Field> fields);
  static Shape Array(Shape item, std::size_t most);
  static Shape AnyOf(std::vector<Shape> shapes);

  // Appends every fault of `value` to `faults`; `attribute` is the dotted path that names it.
  void Check(const nlohmann::json& value, const std::string& attribute,
             std::vector<Fault>& faults) const;
  nlohmann::json Schema() const;

 private:
  struct Node;
  explicit Shape(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

  std::shared_ptr<const Node> node_;
};

struct Shape::Field {
  std::string name;
  std::string description;
  Shape shape;
  bool required = false;
};

// The parameters of a method, in order; those that are not required come last.
using Parameters = std::vector<Shape::Field>;

// Checks the JSON array `params` as a whole: fails with kInvalidParams and every fault in it.
Result<void> CheckParams(const Parameters& parameters, const nlohmann::json& params);

// The JSON Schema of the array of parameters.
nlohmann::json ParamsSchema(const Parameters& parameters);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_SHAPE_H_
