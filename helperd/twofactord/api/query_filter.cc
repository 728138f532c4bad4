#include "helperd/twofactord/api/query_filter.h"

#include <algorithm>
#include <utility>

#include "helperd/messages/date_time.h"
#include "helperd/messages/string_rule.h"

namespace twofactor {
namespace {

using nlohmann::json;

bool Contains(const json& list, const json& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// Is `wanted` in `value`: an item of a list, a key of an object, a part of a text?
bool Holds(const json& value, const json& wanted) {
  if (value.is_array()) {
    return Contains(value, wanted);
  }
  if (!wanted.is_string()) {
    return false;
  }
  const auto& text = wanted.get_ref<const std::string&>();
  return value.is_object() ? value.contains(text)
                           : value.is_string() && value.get_ref<const std::string&>().find(text) !=
                                                      std::string::npos;
}

bool StartsOrEnds(const json& value, const std::string& op, const json& wanted) {
  if (!value.is_string()) {
    return false;
  }
  const auto& text = value.get_ref<const std::string&>();
  const auto& part = wanted.get_ref<const std::string&>();
  const bool fits = op.ends_with('^') ? text.starts_with(part) : text.ends_with(part);
  return fits != op.starts_with('!');
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

// What a filter compares with: milliseconds in place of a moment, or of the text that a path of
// milliseconds is compared with; the texts of the moments in a list.
json WantedOf(const std::string& field, json value) {
  if (value.is_string() && kDatePathRule.accepts(field)) {
    const auto moment = ParseDateTime(value.get_ref<const std::string&>());
    return moment ? json(*moment) : value;
  }
  if (const auto moment = MillisecondsOf(value)) {
    return *moment;
  }
  WriteDatesAsText(value);
  return value;
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

Comparison::Comparison(const json& triple)
    : field_(triple[0]),
      op_(triple[1]),
      value_(WantedOf(field_, triple[2])),
      is_moment_(MillisecondsOf(triple[2]).has_value()) {
  if (op_ == "~") {
    pattern_.emplace(value_.get_ref<const std::string&>());
  }
}

json Comparison::Comparable(const json& found) const {
  const auto moment = MillisecondsOf(found);
  if (is_moment_) {
    return moment ? json(*moment) : json();
  }
  return moment ? json(DateTimeText(*moment)) : found;
}

bool Comparison::Matches(const json& entry) const {
  const json* found = FindPath(entry, field_);
  return found != nullptr && MatchesValue(Comparable(*found));
}

bool Comparison::MatchesValue(const json& found) const {
  if (pattern_) {
    return PatternMatches(found, *pattern_);
  }
  if (op_ == "=" || op_ == "!=") {
    return (found == value_) == (op_ == "=");
  }
  if (op_ == "in") {
    return Contains(value_, found);
  }
  if (op_ == "nin") {
    return !found.is_null() && !Contains(value_, found);
  }
  if (op_ == "rin" || op_ == "rnin") {
    return !found.is_null() && Holds(found, value_) == (op_ == "rin");
  }
  if (op_.ends_with('^') || op_.ends_with('$')) {
    return StartsOrEnds(found, op_, value_);
  }
  return OrderMatches(found, op_, value_);
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
