#include "helperd/twofactord/config/keys.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <vector>

namespace twofactor {
namespace {

std::string SetText(std::string& target, std::string_view value) {
  if (value.empty()) {
    return "must not be empty";
  }
  target = value;
  return "";
}

std::string SetPath(std::string& target, std::string_view value) {
  if (value.empty() || value.front() != '/') {
    return "must be an absolute path";
  }
  target = value;
  return "";
}

std::string SetBoolean(bool& target, std::string_view value) {
  if (value != "true" && value != "false") {
    return "must be true or false";
  }
  target = value == "true";
  return "";
}

template <typename Number>
std::string SetNumber(Number& target, std::string_view value, std::int64_t least,
                      std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < least ||
      number > most) {
    return "must be a number from " + std::to_string(least) + " to " + std::to_string(most);
  }
  target = Number(
      static_cast<typename std::conditional_t<std::is_integral_v<Number>, Number, std::int64_t>>(
          number));
  return "";
}

// Splits words separated by blanks or commas.
std::vector<std::string> SplitWords(std::string_view value) {
  std::vector<std::string> words;
  std::string word;
  for (const char character : value) {
    if (character != ' ' && character != '\t' && character != ',') {
      word += character;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) {
    words.push_back(std::move(word));
  }
  return words;
}

std::string SetUids(std::vector<uid_t>& target, std::string_view value) {
  target.clear();
  for (const std::string& word : SplitWords(value)) {
    uid_t uid = 0;
    // The highest value is not a uid: to chown(2) and others it means "no change".
    constexpr std::int64_t kMostUid = std::numeric_limits<uid_t>::max() - 1;
    if (std::string fault = SetNumber(uid, word, 0, kMostUid); !fault.empty()) {
      return "each uid " + fault;
    }
    target.push_back(uid);
  }
  return "";
}

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kMostStaleDays = 3650;

constexpr std::array kKeys = {
    ConfigKey{"paths", "run_directory",
              [](Config& c, std::string_view v) { return SetPath(c.paths.run_directory, v); }},
    ConfigKey{"paths", "state_directory",
              [](Config& c, std::string_view v) { return SetPath(c.paths.state_directory, v); }},
    ConfigKey{"paths", "key_file",
              [](Config& c, std::string_view v) { return SetPath(c.paths.key_file, v); }},
    ConfigKey{"roles", "full_admin_groups",
              [](Config& c, std::string_view v) {
                c.roles.full_admin_groups = SplitWords(v);
                return std::string();
              }},
    ConfigKey{"roles", "readonly_admin_groups",
              [](Config& c, std::string_view v) {
                c.roles.readonly_admin_groups = SplitWords(v);
                return std::string();
              }},
    ConfigKey{"renewal", "require_second_factor",
              [](Config& c, std::string_view v) {
                return SetBoolean(c.renewal.require_second_factor, v);
              }},
    ConfigKey{"renewal", "per_minute",
              [](Config& c, std::string_view v) {
                return SetNumber(c.renewal.per_minute, v, 0, 1000000);
              }},
    ConfigKey{
        "bypass", "longest",
        [](Config& c, std::string_view v) { return SetNumber(c.bypass.longest, v, 0, 7 * kDay); }},
    ConfigKey{"bypass", "allow_renewal",
              [](Config& c, std::string_view v) { return SetBoolean(c.bypass.allow_renewal, v); }},
    ConfigKey{"verify", "trusted_uids",
              [](Config& c, std::string_view v) { return SetUids(c.verify.trusted_uids, v); }},
    ConfigKey{"otpauth", "issuer",
              [](Config& c, std::string_view v) { return SetText(c.otpauth.issuer, v); }},
    ConfigKey{"otpauth", "account",
              [](Config& c, std::string_view v) { return SetText(c.otpauth.account, v); }},
    ConfigKey{
        "throttle", "free_tries",
        [](Config& c, std::string_view v) { return SetNumber(c.throttle.free_tries, v, 1, 255); }},
    ConfigKey{
        "throttle", "first_wait",
        [](Config& c, std::string_view v) { return SetNumber(c.throttle.first_wait, v, 1, kDay); }},
    ConfigKey{"throttle", "longest_wait",
              [](Config& c, std::string_view v) {
                return SetNumber(c.throttle.longest_wait, v, 1, kDay);
              }},
    ConfigKey{"throttle", "forget_after",
              [](Config& c, std::string_view v) {
                return SetNumber(c.throttle.forget_after, v, 1, 30 * kDay);
              }},
    ConfigKey{"throttle", "exempt_root",
              [](Config& c, std::string_view v) { return SetBoolean(c.throttle.exempt_root, v); }},
    ConfigKey{"throttle", "known_origin_days",
              [](Config& c, std::string_view v) {
                return SetNumber(c.throttle.known_origin_days, v, 0, 255);
              }},
    ConfigKey{
        "hotp", "look_ahead",
        [](Config& c, std::string_view v) { return SetNumber(c.hotp.look_ahead, v, 0, 100); }},
    ConfigKey{"skew", "learn",
              [](Config& c, std::string_view v) { return SetBoolean(c.skew.learn, v); }},
    ConfigKey{"skew", "bound",
              [](Config& c, std::string_view v) { return SetNumber(c.skew.bound, v, 1, 100); }},
    ConfigKey{
        "upkeep", "stale_days",
        [](Config& c,
           std::string_view v) { return SetNumber(c.upkeep.stale_days, v, 0, kMostStaleDays); }},
};

}  // namespace

const ConfigKey* FindConfigKey(std::string_view section, std::string_view name) {
  const auto* found = std::find_if(kKeys.begin(), kKeys.end(), [&](const ConfigKey& key) {
    return key.section == section && key.name == name;
  });
  return found == kKeys.end() ? nullptr : found;
}

}  // namespace twofactor
