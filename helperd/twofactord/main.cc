#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "common/base/unique_fd.h"
#include "helperd/twofactord/accounts_process.h"
#include "helperd/twofactord/arguments.h"
#include "helperd/twofactord/config/config.h"
#include "helperd/twofactord/daemon.h"
#include "helperd/twofactord/first_vault.h"
#include "helperd/twofactord/hardening.h"
#include "helperd/twofactord/instance_lock.h"
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

// The user to become: root's choice without systemd alone.
std::optional<DaemonUser> UserToBecome(const Arguments& arguments) {
  const bool root = arguments.foreground && geteuid() == 0;
  const auto user = root ? FindDaemonUser() : std::nullopt;
  if (root && !user) {
    LogWarning("this system has no user '" + std::string(kDaemonUser) + "': staying root");
  }
  return user;
}

Result<void> MakeIfAbsent(const std::string& path, mode_t mode) {
  return access(path.c_str(), F_OK) == 0 ? Result<void>() : MakeDirectory(path, mode, std::nullopt);
}

// Before anything is changed that another daemon may be using. A directory that is not there is
// nobody's yet; one that is gets its owner only once it is this daemon's.
Result<InstanceLock> BecomeTheOnlyOne(const Arguments& arguments, const Config& config,
                                      std::optional<DaemonUser> user) {
  const StatePaths state(config.paths.state_directory);
  const RunPaths run(config.paths.run_directory);
  if (arguments.foreground) {
    if (const auto made = MakeIfAbsent(state.directory(), 0700); !made) {
      return Fail(made.error());
    }
  }
  auto state_lock = LockStateDirectory(state);
  if (!state_lock) {
    return Fail(state_lock.error());
  }
  if (arguments.foreground) {
    if (const auto made = MakeIfAbsent(run.directory(), 0755); !made) {
      return Fail(made.error());
    }
  }
  auto run_lock = LockRunDirectory(run, user);
  return run_lock ? Result<InstanceLock>(InstanceLock{std::move(*state_lock), std::move(*run_lock)})
                  : Fail(run_lock.error());
}

// What systemd does for the service: directories, the other process, and rights.
// The other process lives as long as the result.
Result<UniqueFd> PrepareWithoutSystemd(const Config& config, std::optional<DaemonUser> user) {
  if (const auto made = MakeDirectory(config.paths.run_directory, 0755, user); !made) {
    return Fail(made.error());
  }
  if (const auto made = MakeDirectory(config.paths.state_directory, 0700, user); !made) {
    return Fail(made.error());
  }
  return StartAccountsProcess(RunPaths(config.paths.run_directory), user ? user->uid : geteuid());
}

Result<void> Serve(const Arguments& arguments) {
  ForbidDumps();
  const auto config = LoadConfig(arguments.config_file);
  if (!config) {
    return Fail(config.error());
  }
  const RunPaths run(config->paths.run_directory);
  const StatePaths state(config->paths.state_directory);
  const auto user = UserToBecome(arguments);
  const auto alone = BecomeTheOnlyOne(arguments, *config, user);
  if (!alone) {
    return Fail(alone.error());
  }
  UniqueFd accounts_leash;
  if (arguments.foreground) {
    auto prepared = PrepareWithoutSystemd(*config, user);
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
  if (user) {
    if (const auto dropped = BecomeUser(*user); !dropped) {
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
  if (const std::string& why = stores->vault.read_only_because(); !why.empty()) {
    LogEvent(audit_event::kReadOnly,
             why + ". Codes of apps are verified; changes, HOTP codes and recovery codes are not");
  }
  if (stores->not_merged) {
    LogError("users may have devices with one secret, which could not be taken out: " +
             stores->not_merged->message());
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
                 .audit_to_stderr = arguments.foreground,
                 .is_restarted = !arguments.foreground},
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

int PrepareNewVault(const std::string& config_file) {
  const auto config = LoadConfig(config_file);
  const auto allowed =
      config ? AllowNewVault(StatePaths(config->paths.state_directory)) : Fail(config.error());
  if (!allowed) {
    std::fprintf(stderr, "%s\n", allowed.error().message().c_str());
    return EXIT_FAILURE;
  }
  std::printf("the next start of twofactord makes an empty vault in %s\n",
              config->paths.state_directory.c_str());
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
    case Arguments::Action::kNewVault:
      return twofactor::PrepareNewVault(arguments.config_file);
    case Arguments::Action::kServe:
      break;
  }
  if (const auto served = twofactor::Serve(arguments); !served) {
    return twofactor::ReportRefusedStart(served.error());
  }
  return EXIT_SUCCESS;
}
