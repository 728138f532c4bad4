#ifndef TWOFACTOR_HELPERD_TWOFACTORD_CONFIG_CONFIG_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_CONFIG_CONFIG_H_

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/livestore/throttle.h"

namespace twofactor {

// The configuration of twofactord.conf(5), with its defaults.
struct Config {
  struct Paths {
    std::string run_directory{kDefaultRunDirectory};
    std::string state_directory{kDefaultStateDirectory};
    std::string key_file{kDefaultKeyFile};
  } paths;

  struct Roles {
    std::vector<std::string> full_admin_groups{"twofactor-admin"};
    std::vector<std::string> readonly_admin_groups;
  } roles;

  struct Renewal {
    bool require_second_factor = true;
    int per_minute = 6;  // Per user; 0 for no limit.
  } renewal;

  struct Bypass {
    std::chrono::seconds longest{std::chrono::hours(24)};  // 0: none are allowed.
    bool allow_renewal = true;  // Whether a user may get a new secret meanwhile without a code.
  } bypass;

  struct Verify {
    std::vector<uid_t> trusted_uids;  // These may verify the codes of others.
  } verify;

  struct Otpauth {
    std::string issuer{"twofactor"};
    std::string account{"%u-%h"};  // %u the user's name, %h the host's, %% a percent sign.
  } otpauth;

  ThrottlePolicy throttle;

  struct Hotp {
    int look_ahead = 10;  // Counters after the next one that are also accepted.
  } hotp;

  struct Upkeep {
    // How long a user must be unknown to the system before the second factor is removed
    // automatically; 0 for never.
    std::chrono::days stale_days{30};
  } upkeep;

  struct Skew {
    bool learn = true;
    int bound = 20;  // The maximum skew to learn, in steps either way.
  } skew;
};

// Parses the text of a configuration file in a strict INI format. An unknown section or key, a
// value out of range, a duplicate key, or any other line is an error, which names `name`, the line
// and the key. Thread-safe.
Result<Config> ParseConfig(std::string_view text, const std::string& name);

// Reads and parses the file. If it does not exist, returns the defaults for kDefaultConfigFile, and
// fails for another path. Refuses a file that anybody but root and this process' user may write to.
Result<Config> LoadConfig(const std::string& path);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_CONFIG_CONFIG_H_
