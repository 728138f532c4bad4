#include "cli/doctor/module_options.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace twofactor {
namespace {

bool IsWithin(std::string_view text, int least, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= least &&
         number <= most;
}

// optional, required or required:DAYS
bool IsEnroll(std::string_view text, const ModuleOption& option) {
  constexpr std::string_view kWithDays = "required:";
  return text == "optional" || text == "required" ||
         (text.starts_with(kWithDays) &&
          IsWithin(text.substr(kWithDays.size()), option.least, option.most));
}

}  // namespace

bool IsModuleOption(std::string_view argument) {
  const std::size_t equals = argument.find('=');
  const std::string_view name = argument.substr(0, equals);
  const auto* option =
      std::find_if(kModuleOptions.begin(), kModuleOptions.end(),
                   [name](const ModuleOption& known) { return known.name == name; });
  const bool has_value = equals != std::string_view::npos;
  if (option == kModuleOptions.end() ||
      has_value != (option->value != ModuleOption::Value::kNone)) {
    return false;
  }
  const std::string_view value = has_value ? argument.substr(equals + 1) : std::string_view();
  switch (option->value) {
    case ModuleOption::Value::kNone:
      return true;
    case ModuleOption::Value::kNumber:
      return IsWithin(value, option->least, option->most);
    case ModuleOption::Value::kText:
      return !value.empty();
    case ModuleOption::Value::kAbsolutePath:
      return !value.empty() && value.front() == '/';
    case ModuleOption::Value::kEnroll:
      return IsEnroll(value, *option);
  }
  return false;
}

}  // namespace twofactor
