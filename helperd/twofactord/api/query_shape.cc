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

// Regular expressions in one query: each takes time from every caller.
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
      {{"field", "A field of the entry, or a dotted path to one inside it.", FieldPath()},
       {"operator", "How to compare.", std::move(op)},
       {"value", "The value to compare with.", std::move(value)}});
}

// For triples of these operators, what their value must be.
Shape::Case For(std::vector<std::string> operators, Shape value) {
  return {Triple(Shape::Enum(std::move(operators)), Shape::Anything()),
          Triple(Shape::Anything(), std::move(value))};
}

// What the milliseconds of a date-time compare with.
Shape::Case ForMoments() {
  const auto triple = [](Shape field, Shape op, Shape value) {
    return Shape::Tuple({{"field", "", std::move(field)},
                         {"operator", "", std::move(op)},
                         {"value", "", std::move(value)}});
  };
  return {triple(Shape::String({.rule = &kDatePathRule}), Shape::Anything(), Shape::Anything()),
          triple(Shape::Anything(), Shape::Enum({"=", "!=", ">", "<", ">=", "<="}),
                 Shape::AnyOf({Shape::Integer(), Shape::String({.rule = &kTimestampRule})}))};
}

Shape ComparisonShape() {
  const Shape pattern = Shape::String({.most = Pattern::kMaxCharacters, .rule = &kRegexRule});
  const Shape moment =
      Shape::Object({{"$date", "Milliseconds since 1970.", Shape::Integer(), /*required=*/true}});
  return Shape::When(
      Triple(Shape::Enum({"=", "!=", "in", "nin", "rin", "rnin", "~", "^", "!^", "$", "!$", ">",
                          "<", ">=", "<="}),
             Shape::Anything()),
      {For({"in", "nin"}, Shape::Array(Shape::Anything())), For({"~"}, pattern),
       For({"^", "!^", "$", "!$"}, Shape::String()),
       For({">", "<", ">=", "<="}, Shape::AnyOf({Shape::Number(), Shape::String(), moment})),
       ForMoments()});
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
  constexpr const char* kUnused = "Accepted and ignored, for TrueNAS' clients.";
  const Shape count = Shape::Integer({.least = 0, .most = kMaxEntries});
  const Shape renamed = Shape::Tuple({{"field", "A field, or a dotted path.", FieldPath()},
                                      {"name", "Its name in the answer.",
                                       Shape::String({.least = 1, .most = kMaxFieldCharacters})}});
  return Shape::Object(
      {{"get", "Answer the first entry instead of a list. Fails with EINVAL if nothing matches.",
        Shape::Boolean(), kOptional, false},
       {"count", "Answer the number of entries.", Shape::Boolean(), kOptional, false},
       {"select",
        "Answer only these fields. A dotted path includes the objects on its way. `[field, name]`"
        " gives a field another name.",
        Shape::Array(Shape::AnyOf({FieldPath(), renamed}), kMaxFields), kOptional, json::array()},
       {"order_by",
        "Sort by these fields, in this order. A leading `-` reverses one. Entries without a value"
        " come first, unless `nulls_last:` precedes it all; `nulls_first:` is accepted, too.",
        FieldList(), kOptional, json::array()},
       {"limit", "The maximum number of entries. 0 for all.", count, kOptional, 0},
       {"offset", "How many entries to skip at the start.", count, kOptional, 0},
       {"force_sql_filters", kUnused, Shape::Boolean(), kOptional, false},
       {"relationships", kUnused, Shape::Boolean(), kOptional, true},
       {"extend", kUnused, Shape::Nullable(Shape::String()), kOptional, json(nullptr)},
       {"extend_context", kUnused, Shape::Nullable(Shape::String()), kOptional, json(nullptr)},
       {"prefix", kUnused, Shape::Nullable(Shape::String()), kOptional, json(nullptr)},
       {"extra", kUnused, Shape::AnyObject(), kOptional, json::object()}});
}

Shape QueryResultShape(const Shape& entry) {
  const Shape some = entry.Partial();
  return Shape::AnyOf({Shape::Array(some), some, Shape::Integer({.least = 0})});
}

Shape RenamedQueryResultShape(const Shape& entry) {
  return Shape::AnyOf(
      {QueryResultShape(entry), Shape::Array(Shape::AnyObject()), Shape::AnyObject()});
}

}  // namespace twofactor
