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

// What twofactord.conf(5) sets, with the values that hold where it says nothing.
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
    int per_minute = 6;  // By user; 0 for no limit.
  } renewal;

  struct Bypass {
    std::chrono::seconds longest{std::chrono::hours(24)};  // 0: none are given.
    bool allow_renewal = true;  // May a user get a new secret meanwhile, without a code?
  } bypass;

  struct Verify {
    std::vector<uid_t> trusted_uids;  // May verify codes of others.
  } verify;

  struct Otpauth {
    std::string issuer{"twofactor"};
    std::string account{"%u-%h"};  // %u the user's name, %h the host's, %% a percent sign.
  } otpauth;

  ThrottlePolicy throttle;

  struct Hotp {
    int look_ahead = 10;  // Counters after the next one that are accepted too.
  } hotp;

  struct Upkeep {
    // How long a user must be unknown to the system before the factor goes by itself; 0 for never.
    std::chrono::days stale_days{30};
  } upkeep;

  struct Skew {
    bool learn = true;
    int bound = 20;  // Steps either way that are learned.
  } skew;
};

// Parses the text of a configuration file: strict INI. An unknown section or key, a value out of
// its range, a key twice, or a line that is neither is an error, which names `name`, the line and
// the key. Thread-safe.
Result<Config> ParseConfig(std::string_view text, const std::string& name);

// Reads and parses the file. A file that is not there gives the defaults where `path` is
// kDefaultConfigFile, and is an error elsewhere. Refuses a file that others than root and this
// process' user may write to.
Result<Config> LoadConfig(const std::string& path);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_CONFIG_CONFIG_H_
