// A configuration is well-formed and within its ranges, or an error that says why.
#include <string>

#include "helperd/twofactord/config/config.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  const auto config = ParseConfig(std::string(data, data + size), "fuzz.conf");
  if (!config) {
    Claim(config.error().message().rfind("fuzz.conf", 0) == 0);
    return 0;
  }
  Claim(config->paths.run_directory.front() == '/' && config->paths.key_file.front() == '/');
  Claim(config->renewal.per_minute >= 0);
  Claim(config->throttle.free_tries >= 1 && config->throttle.free_tries <= 255);
  Claim(config->throttle.first_wait <= config->throttle.longest_wait);
  return 0;
}
