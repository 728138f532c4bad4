#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_QUERY_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_QUERY_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/twofactord/api/query_filter.h"

namespace twofactor {

// What a query asks for, as TrueNAS' *.query methods take it.
struct Query {
  std::vector<QueryFilter> filters;  // All must match.
  bool get = false;                  // The first entry itself, and not a list.
  bool count = false;
  struct Selection {
    std::string field;
    std::string name;  // In the answer; empty: as in the entry.
  };
  std::vector<Selection> select;      // Empty: every field.
  std::vector<std::string> order_by;  // As QueryOptionsShape has it.
  std::size_t limit = 0;              // 0: no limit.
  std::size_t offset = 0;

  bool Matches(const nlohmann::json& entry) const;
  // False where no entry that holds `known` matches, whatever else it holds.
  bool MayMatch(const nlohmann::json& known) const;
  // With so many matches, is the answer known without looking at more?
  bool IsAnsweredBy(std::size_t matches) const;
};

// `filters` and `options` have the shapes of query_shape.h.
Query ParseQuery(const nlohmann::json& filters, const nlohmann::json& options);

// The query of a call of a *.query method, whose parameters may be left out.
Query QueryOf(const nlohmann::json& params);
// The key of a *.get_instance method as text.
std::string TextOfKey(const nlohmann::json& key);
// What such a method fails with where there is no entry of that key, in TrueNAS' words.
Error NoInstance(const char* what, const std::string& key);

// Orders, cuts and selects what matched. Fails with kConflict where `get` finds nothing.
Result<nlohmann::json> Arrange(const Query& query, std::vector<nlohmann::json> matches);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_QUERY_H_
