#include "helperd/twofactord/api/query.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "helperd/twofactord/rpc/rpc_errors.h"

namespace twofactor {
namespace {

using nlohmann::json;

// One term of order_by.
struct OrderTerm {
  explicit OrderTerm(std::string text) {
    if (text.starts_with("nulls_first:") || text.starts_with("nulls_last:")) {
      nulls_last = text.starts_with("nulls_last:");
      text.erase(0, text.find(':') + 1);
    }
    down = text.starts_with('-');
    field = text.substr(down ? 1 : 0);
  }

  // Negative: `a` comes first.
  int Compare(const json& a, const json& b) const {
    static const json kNull;
    const json* found_a = FindPath(a, field);
    const json* found_b = FindPath(b, field);
    const json& left = found_a != nullptr ? *found_a : kNull;
    const json& right = found_b != nullptr ? *found_b : kNull;
    if (left.is_null() != right.is_null()) {
      return left.is_null() == nulls_last ? 1 : -1;
    }
    if (left == right) {
      return 0;
    }
    return (left < right) == down ? 1 : -1;
  }

  std::string field;
  bool down = false;
  bool nulls_last = false;
};

void Order(std::vector<json>& entries, const std::vector<std::string>& order_by) {
  const std::vector<OrderTerm> terms(order_by.begin(), order_by.end());
  std::stable_sort(entries.begin(), entries.end(), [&terms](const json& a, const json& b) {
    for (const OrderTerm& term : terms) {
      if (const int order = term.Compare(a, b); order != 0) {
        return order < 0;
      }
    }
    return false;
  });
}

// Puts `value` at a path with dots, making the objects on its way.
void SetPath(json& entry, const std::string& path, const json& value) {
  json* place = &entry;
  std::size_t start = 0;
  for (;;) {
    const std::size_t end = path.find('.', start);
    if (!place->is_object()) {
      *place = json::object();  // Another field that was selected may have taken the name.
    }
    place = &(*place)[path.substr(start, end - start)];
    if (end == std::string::npos) {
      *place = value;
      return;
    }
    start = end + 1;
  }
}

// Fields that the entry does not have are left out, as with TrueNAS.
json Selected(const json& entry, const std::vector<Query::Selection>& select) {
  if (select.empty()) {
    return entry;
  }
  json selected = json::object();
  for (const auto& [field, name] : select) {
    const json* value = FindPath(entry, field);
    if (value == nullptr) {
      continue;
    }
    if (name.empty()) {
      SetPath(selected, field, *value);
    } else {
      selected[name] = *value;
    }
  }
  return selected;
}

Query::Selection SelectionFrom(const json& item) {
  return item.is_string() ? Query::Selection{item, ""} : Query::Selection{item[0], item[1]};
}

}  // namespace

bool Query::Matches(const json& entry) const {
  return std::all_of(filters.begin(), filters.end(),
                     [&entry](const QueryFilter& filter) { return filter.Matches(entry); });
}

bool Query::MayMatch(const json& known) const {
  return std::all_of(filters.begin(), filters.end(),
                     [&known](const QueryFilter& filter) { return filter.MayMatch(known); });
}

bool Query::IsAnsweredBy(std::size_t matches) const {
  return get && !count && order_by.empty() && matches > 0;
}

Query ParseQuery(const json& filters, const json& options) {
  Query query;
  query.filters = std::vector<QueryFilter>(filters.begin(), filters.end());
  query.get = options.value("get", false);
  query.count = options.value("count", false);
  for (const json& item : options.value("select", json::array())) {
    query.select.push_back(SelectionFrom(item));
  }
  query.order_by = options.value("order_by", std::vector<std::string>{});
  query.limit = options.value("limit", std::size_t{0});
  query.offset = options.value("offset", std::size_t{0});
  return query;
}

Query QueryOf(const json& params) {
  return ParseQuery(params.empty() ? json::array() : params[0],
                    params.size() < 2 ? json::object() : params[1]);
}

std::string TextOfKey(const json& key) {
  return key.is_string() ? key.get<std::string>() : key.dump();
}

Error NoInstance(const char* what, const std::string& key) {
  return Error::InvalidParams(
      {{kNoAttribute, std::string(what) + " " + key + " does not exist", ENOENT}});
}

Result<json> Arrange(const Query& query, std::vector<json> matches) {
  if (query.count) {
    return json(matches.size());
  }
  Order(matches, query.order_by);
  if (query.get) {
    if (matches.empty()) {
      return Fail(ErrorCode::kConflict, "MatchNotFound()");  // TrueNAS' word for it.
    }
    return Selected(matches.front(), query.select);
  }
  json list = json::array();
  for (std::size_t i = query.offset; i < matches.size(); ++i) {
    if (query.limit != 0 && list.size() == query.limit) {
      break;
    }
    list.push_back(Selected(matches[i], query.select));
  }
  return list;
}

}  // namespace twofactor
