#include "helperd/twofactord/api/query_filter.h"

#include <algorithm>

namespace twofactor {
namespace {

using nlohmann::json;

bool Contains(const json& list, const json& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool StartsOrEnds(const json& value, const std::string& op, const json& wanted) {
  if (!value.is_string()) {
    return false;
  }
  const auto& text = value.get_ref<const std::string&>();
  const auto& part = wanted.get_ref<const std::string&>();
  return op == "^" ? text.starts_with(part) : text.ends_with(part);
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

// Null counts as empty text, as with TrueNAS.
bool PatternMatches(const json& value, const Pattern& pattern) {
  return value.is_null()
             ? pattern.MatchesStartOf("")
             : value.is_string() && pattern.MatchesStartOf(value.get_ref<const std::string&>());
}

}  // namespace

const json* FindPath(const json& entry, const std::string& path) {
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
      return value;
    }
    start = end + 1;
  }
}

Comparison::Comparison(const json& triple) : field_(triple[0]), op_(triple[1]), value_(triple[2]) {
  if (op_ == "~") {
    pattern_.emplace(value_.get_ref<const std::string&>());
  }
}

bool Comparison::Matches(const json& entry) const {
  const json* found = FindPath(entry, field_);
  if (found == nullptr) {
    return false;
  }
  if (pattern_) {
    return PatternMatches(*found, *pattern_);
  }
  if (op_ == "=" || op_ == "!=") {
    return (*found == value_) == (op_ == "=");
  }
  if (op_ == "in") {
    return Contains(value_, *found);
  }
  if (op_ == "nin") {
    return !found->is_null() && !Contains(value_, *found);
  }
  if (op_ == "^" || op_ == "$") {
    return StartsOrEnds(*found, op_, value_);
  }
  return OrderMatches(*found, op_, value_);
}

bool Comparison::IsAbout(const json& known) const {
  return known.contains(field_.substr(0, field_.find('.')));
}

const json* Comparison::OnlyValueOf(std::string_view field) const {
  return field_ == field && op_ == "=" ? &value_ : nullptr;
}

QueryFilter::QueryFilter(const json& filter) {
  if (filter.size() == 3) {
    branches_.push_back({Comparison(filter)});
    return;
  }
  for (const json& branch : filter[1]) {
    Branch comparisons;
    // A comparison begins with its field, a list of them with a comparison.
    if (!branch.empty() && branch[0].is_string()) {
      comparisons.emplace_back(branch);
    } else {
      comparisons = Branch(branch.begin(), branch.end());
    }
    branches_.push_back(std::move(comparisons));
  }
}

bool QueryFilter::Matches(const json& entry) const {
  return std::any_of(branches_.begin(), branches_.end(), [&entry](const Branch& branch) {
    return std::all_of(branch.begin(), branch.end(), [&entry](const Comparison& comparison) {
      return comparison.Matches(entry);
    });
  });
}

bool QueryFilter::MayMatch(const json& known) const {
  return std::any_of(branches_.begin(), branches_.end(), [&known](const Branch& branch) {
    return std::all_of(branch.begin(), branch.end(), [&known](const Comparison& comparison) {
      return !comparison.IsAbout(known) || comparison.Matches(known);
    });
  });
}

const json* QueryFilter::OnlyValueOf(std::string_view field) const {
  const bool alone = branches_.size() == 1 && branches_[0].size() == 1;
  return alone ? branches_[0][0].OnlyValueOf(field) : nullptr;
}

}  // namespace twofactor
