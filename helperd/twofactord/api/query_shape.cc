#include "helperd/twofactord/api/query_shape.h"

#include "helperd/twofactord/api/pattern.h"

namespace twofactor {
namespace {

constexpr std::size_t kMaxFilters = 64;
constexpr std::size_t kMaxFields = 64;
constexpr std::size_t kMaxFieldCharacters = 128;
constexpr std::int64_t kMaxEntries = 1000000;

const StringRule kRegexRule = {"format", "regex", Pattern::IsValid,
                               "Input should be a regular expression of RE2's syntax"};

// The regular expressions of one query: each costs time of everybody's.
constexpr std::size_t kMaxPatterns = 8;

std::size_t CountPatterns(const nlohmann::json& value) {
  if (!value.is_array()) {
    return 0;
  }
  std::size_t count = value.size() == 3 && value[1] == "~" ? 1 : 0;
  for (const auto& item : value) {
    count += CountPatterns(item);
  }
  return count;
}

Shape FieldPath() { return Shape::String({.least = 1, .most = kMaxFieldCharacters}); }

// [field, operator, value]
Shape Triple(Shape op, Shape value) {
  return Shape::Tuple(
      {{"field", "A field of the entry, or a path with dots to one inside of it.", FieldPath()},
       {"operator", "How to compare.", std::move(op)},
       {"value", "With what.", std::move(value)}});
}

// For triples of these operators, what their value must be.
Shape::Case For(std::vector<std::string> operators, Shape value) {
  return {Triple(Shape::Enum(std::move(operators)), Shape::Anything()),
          Triple(Shape::Anything(), std::move(value))};
}

Shape ComparisonShape() {
  const Shape pattern = Shape::String({.most = Pattern::kMaxCharacters, .rule = &kRegexRule});
  return Shape::When(
      Triple(Shape::Enum({"=", "!=", "in", "nin", "~", "^", "$", ">", "<", ">=", "<="}),
             Shape::Anything()),
      {For({"in", "nin"}, Shape::Array(Shape::Anything())), For({"~"}, pattern),
       For({"^", "$"}, Shape::String()),
       For({">", "<", ">=", "<="}, Shape::AnyOf({Shape::Number(), Shape::String()}))});
}

// ["OR", [branch, …]], whose branches are filters, or lists of filters that must all match.
Shape Alternative() {
  const Shape branch =
      Shape::AnyOf({ComparisonShape(), Shape::Array(ComparisonShape(), kMaxFilters)});
  return Shape::Tuple({{"connective", "One of the branches must match.", Shape::Constant("OR")},
                       {"branches", "Filters, or lists of filters that must all match.",
                        Shape::Array(branch, kMaxFilters)}});
}

Shape FieldList() { return Shape::Array(FieldPath(), kMaxFields); }

}  // namespace

Shape FiltersShape() {
  return Shape::Limited(Shape::Array(Shape::AnyOf({ComparisonShape(), Alternative()}), kMaxFilters),
                        {kMaxPatterns, CountPatterns, "regular expressions"});
}

Shape QueryOptionsShape() {
  using nlohmann::json;
  constexpr bool kOptional = false;
  const Shape count = Shape::Integer({.least = 0, .most = kMaxEntries});
  return Shape::Object(
      {{"get", "The first one itself, and not a list; ENOENT where there is none.",
        Shape::Boolean(), kOptional, false},
       {"count", "How many there are.", Shape::Boolean(), kOptional, false},
       {"select", "These fields only; a path with dots gives the objects on its way.", FieldList(),
        kOptional, json::array()},
       {"order_by",
        "By these fields, the first before the second. `-` before one turns it round. Those "
        "without a"
        " value come before the others, or where `nulls_first:` or `nulls_last:` in front of it all"
        " says.",
        FieldList(), kOptional, json::array()},
       {"limit", "At most so many; 0 for all.", count, kOptional, 0},
       {"offset", "Without so many at the start.", count, kOptional, 0}});
}

Shape QueryResultShape(const Shape& entry) {
  const Shape some = entry.Partial();
  return Shape::AnyOf({Shape::Array(some), some, Shape::Integer({.least = 0})});
}

}  // namespace twofactor
