// Measures logins through libpam and prints what they took, as JSON: by contender the nanoseconds
// of each login, or of a crowd its rates.
//
//   bench_logins MODE --work DIR --memory DIR [--rounds N] [--scale USERS] [--fresh PROGRAM]
//                [--daemon DIR --users N --next N] [--at-once N] [--pause MS] [--fallback system]
//
// MODE: peers, scale, outcomes, nonroot, crowd. Exit status 1 where a login does not end as it
// must.
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/bench/login_rounds.h"
#include "tests/support/temp_directory.h"

namespace twofactor::bench {
namespace {

using nlohmann::json;
using Options = std::map<std::string, std::string>;

std::uint64_t NumberOf(const Options& options, const std::string& name, std::uint64_t absent) {
  const auto found = options.find(name);
  return found == options.end() ? absent : std::stoull(found->second);
}

std::string TextOf(const Options& options, const std::string& name) {
  const auto found = options.find(name);
  return found == options.end() ? "" : found->second;
}

json ToJson(const std::map<std::string, CrowdResult>& results) {
  json all = json::object();
  for (const auto& [name, result] : results) {
    all[name] = {{"logins", result.logins},
                 {"granted", result.granted},
                 {"per_second", result.per_second},
                 {"cpu_seconds", result.cpu_seconds}};
  }
  return all;
}

// libpam reads the file `other` at each login, for what the service's file says nothing of, and
// loads what it names. Ours names nothing, but for `fallback` the system's own is used.
void WriteFallback(const Ground& ground, bool system) {
  namespace fs = std::filesystem;
  fs::create_directory(ground.Confdir());
  const std::string other = ground.Confdir() + "/other";
  fs::remove(other);
  WriteFile(other, "# nothing\n");
  for (const char* name :
       {"other", "common-auth", "common-account", "common-password", "common-session"}) {
    if (system) {
      fs::copy_file(std::string("/etc/pam.d/") + name, ground.Confdir() + "/" + name,
                    fs::copy_options::overwrite_existing);
    }
  }
  chmod(other.c_str(), 0644);
}

json Run(const std::string& mode, const Options& options) {
  Ground ground{.work = TextOf(options, "--work"),
                .memory = TextOf(options, "--memory"),
                .daemon = TextOf(options, "--daemon"),
                .users = NumberOf(options, "--users", 0),
                .next = NumberOf(options, "--next", 0),
                .scale = NumberOf(options, "--scale", 1000)};
  WriteFallback(ground, TextOf(options, "--fallback") == "system");
  const int rounds = static_cast<int>(NumberOf(options, "--rounds", 100));
  if (mode == "crowd") {
    constexpr std::uint64_t kCrowdUsers = 512;
    return ToJson(RunCrowds(ground, MakeCrowd(ground, kCrowdUsers),
                            static_cast<int>(NumberOf(options, "--at-once", 2)), rounds));
  }
  const auto contenders = mode == "peers"      ? MakePeers(ground)
                          : mode == "scale"    ? MakeScale(ground)
                          : mode == "outcomes" ? MakeOutcomes(ground)
                                               : MakeNonRoot(ground);
  json all = RunRounds(ground, contenders,
                       {.count = rounds,
                        .fresh_program = TextOf(options, "--fresh"),
                        .pause_milliseconds = static_cast<int>(NumberOf(options, "--pause", 0))});
  all["next"] = ground.next;
  return all;
}

}  // namespace
}  // namespace twofactor::bench

int main(int argc, char** argv) {
  twofactor::bench::Options options;
  for (int i = 2; i + 1 < argc; i += 2) {
    options[argv[i]] = argv[i + 1];
  }
  try {
    std::cout << twofactor::bench::Run(argc > 1 ? argv[1] : "", options) << '\n';
  } catch (const std::exception& error) {
    std::cerr << "bench_logins: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
