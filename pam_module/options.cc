#include "pam_module/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "common/otp/otp_parameters.h"

namespace twofactor {
namespace {

// One option. `set` is false where the value is not well-formed; a flag has no value.
struct Option {
  std::string_view name;
  bool takes_value;
  bool (*set)(ModuleOptions& options, std::string_view value);
};

bool ParseNumber(std::string_view text, int least, int most, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= least &&
         number <= most;
}

constexpr int kMaxTimeoutSeconds = 60;

constexpr std::array kOptions = {
    Option{"nullok", false, [](ModuleOptions& o, std::string_view) { return o.nullok = true; }},
    Option{"echo_verification_code", false,
           [](ModuleOptions& o, std::string_view) { return o.echo_verification_code = true; }},
    Option{"user_unknown", false,
           [](ModuleOptions& o, std::string_view) { return o.user_unknown = true; }},
    Option{"maxtries", false, [](ModuleOptions& o, std::string_view) { return o.maxtries = true; }},
    Option{"debug", false, [](ModuleOptions& o, std::string_view) { return o.debug = true; }},
    Option{"forward_pass", false,
           [](ModuleOptions& o, std::string_view) { return o.forward_pass = true; }},
    Option{"try_first_pass", false,
           [](ModuleOptions& o, std::string_view) {
             o.first_pass = ModuleOptions::FirstPass::kTry;
             return true;
           }},
    Option{"use_first_pass", false,
           [](ModuleOptions& o, std::string_view) {
             o.first_pass = ModuleOptions::FirstPass::kUse;
             return true;
           }},
    Option{"window", true,
           [](ModuleOptions& o, std::string_view value) {
             return ParseNumber(value, 0, kMaxWindow, o.window);
           }},
    Option{"authtok_prompt", true,
           [](ModuleOptions& o, std::string_view value) {
             o.prompt = value;
             return !value.empty();
           }},
    Option{"timeout", true,
           [](ModuleOptions& o, std::string_view value) {
             int seconds = 0;
             const bool right = ParseNumber(value, 1, kMaxTimeoutSeconds, seconds);
             o.timeout = std::chrono::seconds(seconds);
             return right;
           }},
    Option{"run_dir", true,
           [](ModuleOptions& o, std::string_view value) {
             o.run_directory = value;
             return !value.empty() && value.front() == '/';
           }},
};

}  // namespace

Result<ModuleOptions> ParseOptions(const std::vector<std::string>& arguments) {
  ModuleOptions options;
  for (const std::string& argument : arguments) {
    const std::size_t equals = argument.find('=');
    const bool has_value = equals != std::string::npos;
    const std::string_view name = std::string_view(argument).substr(0, equals);
    const auto* option = std::find_if(kOptions.begin(), kOptions.end(),
                                      [name](const Option& known) { return known.name == name; });
    if (option == kOptions.end()) {
      return Fail(ErrorCode::kInvalidParams, "unknown option '" + std::string(name) + "'");
    }
    const std::string_view value =
        has_value ? std::string_view(argument).substr(equals + 1) : std::string_view();
    if (has_value != option->takes_value || !option->set(options, value)) {
      return Fail(ErrorCode::kInvalidParams, "option '" + argument + "' is not well-formed");
    }
  }
  return options;
}

std::vector<std::string> OptionNames() {
  std::vector<std::string> names;
  for (const Option& option : kOptions) {
    names.emplace_back(option.name);
  }
  return names;
}

}  // namespace twofactor
