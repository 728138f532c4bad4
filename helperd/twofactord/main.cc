#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "common/base/unique_fd.h"
#include "helperd/twofactord/accounts_process.h"
#include "helperd/twofactord/arguments.h"
#include "helperd/twofactord/config/config.h"
#include "helperd/twofactord/daemon.h"
#include "helperd/twofactord/hardening.h"
#include "helperd/twofactord/log.h"
#include "helperd/twofactord/refused_start.h"
#include "helperd/twofactord/rights.h"
#include "helperd/twofactord/sockets.h"
#include "helperd/twofactord/stores.h"

namespace twofactor {
namespace {

constexpr int kUsageError = 2;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What systemd does for the service: directories, the other process, and rights.
// The other process lives as long as the result.
Result<UniqueFd> PrepareWithoutSystemd(const Config& config) {
  const bool root = geteuid() == 0;
  const auto user = root ? FindDaemonUser() : std::nullopt;
  if (root && !user) {
    LogWarning("this system has no user '" + std::string(kDaemonUser) + "': staying root");
  }
  if (const auto made = MakeDirectory(config.paths.run_directory, 0755, user); !made) {
    return Fail(made.error());
  }
  if (const auto made = MakeDirectory(config.paths.state_directory, 0700, user); !made) {
    return Fail(made.error());
  }
  return StartAccountsProcess(RunPaths(config.paths.run_directory), user ? user->uid : geteuid());
}

Result<void> DropRights() {
  const auto user = geteuid() == 0 ? FindDaemonUser() : std::nullopt;
  return user ? BecomeUser(*user) : Result<void>();
}

Result<void> Serve(const Arguments& arguments) {
  ForbidDumps();
  const auto config = LoadConfig(arguments.config_file);
  if (!config) {
    return Fail(config.error());
  }
  const RunPaths run(config->paths.run_directory);
  const StatePaths state(config->paths.state_directory);
  UniqueFd accounts_leash;
  if (arguments.foreground) {
    auto prepared = PrepareWithoutSystemd(*config);
    if (!prepared) {
      return Fail(prepared.error());
    }
    accounts_leash = std::move(*prepared);
  }
  const KeySource source =
      FindKeySource(Environment("CREDENTIALS_DIRECTORY"), config->paths.key_file);
  // The key file is root's: read before rights are dropped.
  auto key = TakeKey(source, state);
  if (!key) {
    return Fail(key.error());
  }
  if (arguments.foreground) {
    if (const auto dropped = DropRights(); !dropped) {
      return dropped;
    }
  }
  if (const auto locked = LockMemory(); !locked) {
    LogWarning(locked.error().message());
  }
  const SystemClock clock;
  auto stores = OpenStores(run, state, std::move(*key), *config, clock);
  if (!stores) {
    return Fail(stores.error());
  }
  if (const std::string& why = stores->live.ledger_refused_because(); !why.empty()) {
    LogWarning("the ledger of used codes that was there is not kept, " + why +
               ": a new one takes its place, and codes of before this start are refused");
  }
  // Every device went through this process' memory on its way into the live store.
  malloc_trim(0);
  auto socket = TakeApiSocket(run);
  if (!socket) {
    return Fail(socket.error());
  }
  const bool credential = source.kind == KeySource::Kind::kCredential;
  Daemon daemon({.config = *config,
                 .config_file = arguments.config_file,
                 .key_source = credential ? "credential" : "file",
                 .audit_to_stderr = arguments.foreground},
                std::move(*stores), std::move(*socket), clock);
  LogInfo("ready, serving " + run.ApiSocket());
  daemon.Run();
  return {};
}

int CheckConfig(const std::string& file) {
  const auto config = LoadConfig(file);
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().message().c_str());
    return EXIT_FAILURE;
  }
  std::printf("%s is well-formed\n", file.c_str());
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace twofactor

int main(int argc, char** argv) {
  using twofactor::Arguments;
  const Arguments arguments = twofactor::ParseArguments(argc, argv);
  switch (arguments.action) {
    case Arguments::Action::kUsageError:
      std::fputs(twofactor::kUsage.data(), stderr);
      return twofactor::kUsageError;
    case Arguments::Action::kShowHelp:
      std::fputs(twofactor::kUsage.data(), stdout);
      return EXIT_SUCCESS;
    case Arguments::Action::kShowVersion:
      std::puts("twofactord " TWOFACTOR_VERSION);
      return EXIT_SUCCESS;
    case Arguments::Action::kCheckConfig:
      return twofactor::CheckConfig(arguments.config_file);
    case Arguments::Action::kServe:
      break;
  }
  if (const auto served = twofactor::Serve(arguments); !served) {
    twofactor::ReportRefusedStart(served.error());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
