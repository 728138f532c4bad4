#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_QUERY_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_QUERY_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace twofactor {

// One filter of a query: [field, operator, value]. The field may be a path with dots.
struct QueryFilter {
  std::string field;
  std::string op;
  nlohmann::json value;

  bool Matches(const nlohmann::json& entry) const;
};

// What a query asks for, as TrueNAS' *.query methods take it.
struct Query {
  std::vector<QueryFilter> filters;  // All must match.
  bool get = false;                  // The one entry itself, and not a list.
  bool count = false;
  std::vector<std::string> select;    // Empty: every field.
  std::vector<std::string> order_by;  // A leading '-' turns the order round.
  std::size_t limit = 0;              // 0: no limit.
  std::size_t offset = 0;

  bool Matches(const nlohmann::json& entry) const;
};

// Fails with kInvalidParams and every fault of the filters. `options` has the shape of the method's
// table.
Result<Query> ParseQuery(const nlohmann::json& filters, const nlohmann::json& options);

// Orders, cuts and selects what matched. Fails with kNoSuchUser where `get` finds nothing.
Result<nlohmann::json> Arrange(const Query& query, std::vector<nlohmann::json> matches);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_QUERY_H_
