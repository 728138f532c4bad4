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
constexpr int kMaxGraceSeconds = 30 * 24 * 60 * 60;
constexpr int kMaxEnrollGraceDays = 365;

// optional, required or required:DAYS
bool ParseEnroll(std::string_view text, ModuleOptions& options) {
  constexpr std::string_view kWithDays = "required:";
  if (text == "optional") {
    options.enroll = ModuleOptions::Enroll::kOptional;
    return true;
  }
  options.enroll = ModuleOptions::Enroll::kRequired;
  return text == "required" || (text.starts_with(kWithDays) &&
                                ParseNumber(text.substr(kWithDays.size()), 1, kMaxEnrollGraceDays,
                                            options.enroll_grace_days));
}

bool ShowsWhatIsTyped(ModuleOptions& options, std::string_view) {
  return options.echo_verification_code = true;
}

constexpr std::array kOptions = {
    Option{"nullok", false, [](ModuleOptions& o, std::string_view) { return o.nullok = true; }},
    Option{"echo_verification_code", false, ShowsWhatIsTyped},
    Option{"echo-verification-code", false, ShowsWhatIsTyped},
    // A wrong code never moves a counter here.
    Option{"no_increment_hotp", false, [](ModuleOptions&, std::string_view) { return true; }},
    Option{"noskewadj", false,
           [](ModuleOptions& o, std::string_view) { return o.noskewadj = true; }},
    Option{"no_qr", false, [](ModuleOptions& o, std::string_view) { return o.no_qr = true; }},
    Option{"user_unknown", false,
           [](ModuleOptions& o, std::string_view) { return o.user_unknown = true; }},
    Option{"maxtries", false, [](ModuleOptions& o, std::string_view) { return o.maxtries = true; }},
    Option{"show_wait", false,
           [](ModuleOptions& o, std::string_view) { return o.show_wait = true; }},
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
    Option{"digits", true,
           [](ModuleOptions& o, std::string_view value) {
             return ParseNumber(value, kMinDigits, kMaxDigits, o.digits);
           }},
    Option{"grace_period", true,
           [](ModuleOptions& o, std::string_view value) {
             int seconds = 0;
             const bool right = ParseNumber(value, 0, kMaxGraceSeconds, seconds);
             o.grace_period = std::chrono::seconds(seconds);
             return right;
           }},
    Option{"enroll", true,
           [](ModuleOptions& o, std::string_view value) { return ParseEnroll(value, o); }},
    Option{"authtok_prompt", true,
           [](ModuleOptions& o, std::string_view value) {
             o.prompt = value;
             return !value.empty();
           }},
    Option{"service", true,
           [](ModuleOptions& o, std::string_view value) {
             o.service = value;
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

// Who has no second factor may get one only once something else proved who they are, which both
// options say is yet to come or cannot be asked for.
Result<void> CheckTogether(const ModuleOptions& options) {
  const bool enrolls = options.enroll != ModuleOptions::Enroll::kNever;
  if (enrolls && options.forward_pass) {
    return Fail(ErrorCode::kInvalidParams,
                "option 'enroll' does not go with 'forward_pass': it needs the password to have"
                " been verified by an earlier line");
  }
  if (enrolls && options.first_pass == ModuleOptions::FirstPass::kUse) {
    return Fail(ErrorCode::kInvalidParams,
                "option 'enroll' does not go with 'use_first_pass': it has to ask for a code");
  }
  return {};
}

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
  if (const auto fits = CheckTogether(options); !fits) {
    return Fail(fits.error());
  }
  return options;
}

std::vector<std::string> OptionNames() {
  std::vector<std::string> names;
  names.reserve(kOptions.size());
  for (const Option& option : kOptions) {
    names.emplace_back(option.name);
  }
  return names;
}

}  // namespace twofactor
