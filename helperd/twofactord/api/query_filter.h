#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_QUERY_FILTER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_QUERY_FILTER_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "helperd/twofactord/api/pattern.h"

namespace twofactor {

// The value at a path with dots; none where there is none.
const nlohmann::json* FindPath(const nlohmann::json& entry, const std::string& path);

// [field, operator, value]. A field that an entry does not have matches nothing, "!=" neither, as
// with TrueNAS; nor does a value of another kind than the operator compares. A moment compares as
// its RFC 3339 text with texts, and as milliseconds with moments; "field.$date" names the latter,
// and takes a text for them.
class Comparison {
 public:
  // `triple` has the shape of query_shape.h.
  explicit Comparison(const nlohmann::json& triple);

  bool Matches(const nlohmann::json& entry) const;
  // Is the field, or the object that it lies in, in `known`?
  bool IsAbout(const nlohmann::json& known) const;
  // The one value that it lets `field` have; null where there may be others.
  const nlohmann::json* OnlyValueOf(std::string_view field) const;

 private:
  // The entry's value as `value_` compares with it.
  nlohmann::json Comparable(const nlohmann::json& found) const;
  bool MatchesValue(const nlohmann::json& found) const;

  std::string field_;
  std::string op_;
  nlohmann::json value_;
  bool is_moment_;                  // It was one, and is its milliseconds now.
  std::optional<Pattern> pattern_;  // Of "~".
};

// One filter of a query: a comparison, or ["OR", [branch, …]], of whose branches one must match.
class QueryFilter {
 public:
  // `filter` has the shape of query_shape.h.
  explicit QueryFilter(const nlohmann::json& filter);

  bool Matches(const nlohmann::json& entry) const;
  // False where no entry that holds `known` matches, whatever else it holds.
  bool MayMatch(const nlohmann::json& known) const;
  // As Comparison has it.
  const nlohmann::json* OnlyValueOf(std::string_view field) const;

 private:
  using Branch = std::vector<Comparison>;  // All must match.

  std::vector<Branch> branches_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_QUERY_FILTER_H_
