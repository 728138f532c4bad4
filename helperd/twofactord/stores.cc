#include "helperd/twofactord/stores.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "common/base/unique_fd.h"
#include "common/livestore/ledger.h"
#include "helperd/twofactord/first_vault.h"
#include "helperd/twofactord/livestore/ledger_start.h"
#include "helperd/twofactord/vault/birth_rule.h"
#include "helperd/twofactord/vault/use_source.h"

namespace twofactor {
namespace {

bool IsThere(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

// Why the disk takes no new file; empty where it does. SQLite only says that it cannot open one.
std::string WhyNoNewFile(const std::string& directory) {
  const UniqueFd file(open(directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  const int error = errno;
  const bool refused = !file.valid() && error != EOPNOTSUPP;
  return refused ? std::generic_category().message(error) : "";
}

std::string WhyReadOnly(const StatePaths& state, const Error& error) {
  const std::string why = WhyNoNewFile(state.directory());
  return "the vault is read-only: " + error.message() +
         (why.empty() ? "" : " (" + state.directory() + ": " + why + ")");
}

bool IsOfTheDisk(const Error& error) {
  return error.code() == ErrorCode::kUnavailable || error.code() == ErrorCode::kReadOnly;
}

Result<Vault> MakeVault(const StatePaths& state, VaultKey key) {
  auto vault = Vault::Open(state.Vault(), std::move(key));
  if (!vault) {
    return vault;
  }
  const auto ended = EndNewVault(state);
  return ended ? std::move(vault) : Fail(ended.error());
}

// A disk that takes no changes keeps nobody out: what is on it is enough to verify codes.
Result<Vault> OpenVault(const RunPaths& run, const StatePaths& state, VaultKey key) {
  if (MayMakeVault(state)) {
    return MakeVault(state, std::move(key));
  }
  struct stat status {};
  if (stat(state.Vault().c_str(), &status) != 0) {
    return errno == ENOENT ? Fail(LostVault(state, "is not there"))
                           : Fail(Error::FromErrno(ErrorCode::kUnavailable,
                                                   "look for the vault " + state.Vault(), errno));
  }
  if (status.st_size == 0) {
    return Fail(LostVault(state, "is empty"));
  }
  auto vault = Vault::OpenExisting(state.Vault(), key.Clone());
  if (vault || !IsOfTheDisk(vault.error())) {
    return vault;
  }
  return Vault::OpenReadOnly(state.Vault(), std::move(key), run.VaultCopy(),
                             WhyReadOnly(state, vault.error()));
}

// A vault that takes no new key has no origins either: any key will do until the next start.
SipHashKey KeyOfOrigins(Vault& vault) {
  const auto key = vault.LoadOriginKey();
  SipHashKey fresh{};
  if (!key && getrandom(fresh.data(), sizeof fresh, 0) != static_cast<ssize_t>(sizeof fresh)) {
    return {};
  }
  return key ? *key : fresh;
}

// The codes of devices that are one end here, before the live store has the one that stays: what
// was used of each by then is used of that one.
Result<std::vector<MergedSecret>> MergeEqualSecrets(Vault& vault, const RunPaths& run) {
  auto ledger = Ledger::Open(run.Ledger(), geteuid());
  return vault.MergeEqualSecrets([&ledger](std::uint64_t slot, std::uint32_t generation,
                                           std::uint32_t newer) -> std::optional<TimeStep> {
    if (!ledger || slot >= ledger->slots()) {
      return std::nullopt;
    }
    const auto use = ledger->PublishGeneration(slot, newer, kMaxTimeStep);
    if (use.from_birth || IsNewerGeneration(use.generation, generation)) {
      return std::nullopt;
    }
    // Nobody could use a device that was committed and not published yet.
    return use.generation == generation ? use.next_step : TimeStep{0};
  });
}

}  // namespace

Result<VaultKey> TakeKey(const KeySource& source, const StatePaths& state) {
  if (IsThere(source.path)) {
    return ReadKey(source);
  }
  if (IsThere(state.Vault())) {
    return Fail(ErrorCode::kUnavailable,
                "the vault " + state.Vault() + " is there, but its key is not: put it back to " +
                    source.kept_at + " (from a backup); nothing was changed");
  }
  return MakeKeyFile(source.path, [&state] { return AllowNewVault(state); });
}

Result<OpenedStores> OpenStores(const RunPaths& run, const StatePaths& state, VaultKey key,
                                const Config& config, const Clock& clock) {
  auto vault = OpenVault(run, state, std::move(key));
  if (!vault) {
    return Fail(vault.error());
  }
  vault->AskUses(UsesOfLedger(run, clock));
  const auto kept = vault->LoadSettings();
  auto former = vault->LoadFormerWindows();
  const auto latest = vault->LatestSeen();
  if (!kept || !former || !latest) {
    return Fail(!kept ? kept.error() : !former ? former.error() : latest.error());
  }
  auto merged = MergeEqualSecrets(*vault, run);
  const auto generation = vault->LastGeneration();
  auto devices = vault->LoadDevices();
  if (!generation || !devices) {
    return Fail(generation ? devices.error() : generation.error());
  }
  // The daemon is there when it is started, so until it knows better it is asked.
  const LoginSettings settings{.enabled = kept->enabled,
                               .ssh = kept->ssh,
                               .window = kept->window,
                               .ask_daemon = true,
                               .throttle = config.throttle};
  auto bypasses = ResumeBypasses(*vault, run, clock, *devices);
  if (!bypasses) {
    return Fail(bypasses.error());
  }
  const SipHashKey origin_key = KeyOfOrigins(*vault);
  if (const auto loaded = vault->LoadOrigins(*devices); !loaded) {
    return Fail(loaded.error());
  }
  ClockPast past{std::move(*former), *latest};
  const VaultBirthRule birth_rule(clock, settings.window, past.former_windows);
  auto live =
      LiveStorePublisher::Open(run, settings, *devices, *generation, birth_rule, origin_key);
  if (!live) {
    return Fail(live.error().Under("publish the live store"));
  }
  OpenedStores stores{std::move(*vault), std::move(*live), settings, std::move(*bypasses),
                      std::move(past)};
  if (merged) {
    stores.merged = std::move(*merged);
  } else {
    stores.not_merged = merged.error();
  }
  return stores;
}

}  // namespace twofactor
