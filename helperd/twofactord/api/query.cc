#include "helperd/twofactord/api/query.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace twofactor {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 10> kOperators = {"=", "!=", "in", "nin", "~",
                                                         "^", "$",  ">",  "<",   ">="};

bool IsOperator(std::string_view op) {
  return op == "<=" || std::find(kOperators.begin(), kOperators.end(), op) != kOperators.end();
}

// The value at a path with dots; null where there is none.
json At(const json& entry, const std::string& path) {
  const json* value = &entry;
  std::size_t start = 0;
  for (;;) {
    const std::size_t end = path.find('.', start);
    const std::string key = path.substr(start, end - start);
    if (!value->is_object() || !value->contains(key)) {
      return nullptr;
    }
    value = &(*value)[key];
    if (end == std::string::npos) {
      return *value;
    }
    start = end + 1;
  }
}

bool Contains(const json& list, const json& value) {
  return list.is_array() && std::find(list.begin(), list.end(), value) != list.end();
}

// The operators on text; '~' finds a part of it and is no regular expression, which a caller could
// make run for ever.
bool TextMatches(const json& value, const std::string& op, const json& wanted) {
  if (!value.is_string() || !wanted.is_string()) {
    return false;
  }
  const auto& text = value.get_ref<const std::string&>();
  const auto& part = wanted.get_ref<const std::string&>();
  if (op == "~") {
    return text.find(part) != std::string::npos;
  }
  return op == "^" ? text.compare(0, part.size(), part) == 0
                   : text.size() >= part.size() &&
                         text.compare(text.size() - part.size(), part.size(), part) == 0;
}

bool OrderMatches(const json& value, const std::string& op, const json& wanted) {
  const bool comparable =
      (value.is_number() && wanted.is_number()) || (value.is_string() && wanted.is_string());
  if (!comparable) {
    return false;
  }
  return op == ">"    ? value > wanted
         : op == "<"  ? value < wanted
         : op == ">=" ? value >= wanted
                      : value <= wanted;
}

void CheckFilter(const json& filter, const std::string& attribute, std::vector<Fault>& faults) {
  const bool triple =
      filter.is_array() && filter.size() == 3 && filter[0].is_string() && filter[1].is_string();
  if (!triple) {
    faults.push_back({attribute, "A filter is [field, operator, value]", EINVAL});
  } else if (!IsOperator(filter[1].get_ref<const std::string&>())) {
    faults.push_back({attribute, "There is no such operator", EINVAL});
  }
}

void Order(std::vector<json>& entries, const std::vector<std::string>& order_by) {
  std::stable_sort(entries.begin(), entries.end(), [&order_by](const json& a, const json& b) {
    for (const std::string& term : order_by) {
      const bool down = !term.empty() && term[0] == '-';
      const std::string field = down ? term.substr(1) : term;
      const json left = At(a, field);
      const json right = At(b, field);
      if (left != right) {
        return down ? right < left : left < right;
      }
    }
    return false;
  });
}

json Selected(const json& entry, const std::vector<std::string>& fields) {
  if (fields.empty()) {
    return entry;
  }
  json selected = json::object();
  for (const std::string& field : fields) {
    selected[field] = At(entry, field);
  }
  return selected;
}

}  // namespace

bool QueryFilter::Matches(const json& entry) const {
  const json found = At(entry, field);
  if (op == "=") {
    return found == value;
  }
  if (op == "!=") {
    return found != value;
  }
  if (op == "in") {
    return Contains(value, found);
  }
  if (op == "nin") {
    return !Contains(value, found);
  }
  if (op == "~" || op == "^" || op == "$") {
    return TextMatches(found, op, value);
  }
  return OrderMatches(found, op, value);
}

bool Query::Matches(const json& entry) const {
  return std::all_of(filters.begin(), filters.end(),
                     [&entry](const QueryFilter& filter) { return filter.Matches(entry); });
}

Result<Query> ParseQuery(const json& filters, const json& options) {
  std::vector<Fault> faults;
  Query query;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    CheckFilter(filters[i], "filters." + std::to_string(i), faults);
  }
  if (!faults.empty()) {
    return Fail(Error::InvalidParams(std::move(faults)));
  }
  for (const json& filter : filters) {
    query.filters.push_back({filter[0], filter[1], filter[2]});
  }
  query.get = options.value("get", false);
  query.count = options.value("count", false);
  query.select = options.value("select", std::vector<std::string>{});
  query.order_by = options.value("order_by", std::vector<std::string>{});
  query.limit = options.value("limit", std::size_t{0});
  query.offset = options.value("offset", std::size_t{0});
  return query;
}

Result<json> Arrange(const Query& query, std::vector<json> matches) {
  if (query.count) {
    return json(matches.size());
  }
  Order(matches, query.order_by);
  json list = json::array();
  for (std::size_t i = query.offset; i < matches.size(); ++i) {
    if (query.limit != 0 && list.size() == query.limit) {
      break;
    }
    list.push_back(Selected(matches[i], query.select));
  }
  if (!query.get) {
    return list;
  }
  if (list.empty()) {
    return Fail(ErrorCode::kNoSuchUser, "there is no such user");
  }
  return list[0];
}

}  // namespace twofactor
