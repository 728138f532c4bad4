#include "helperd/twofactord/stores.h"

#include <unistd.h>

#include <utility>

#include "helperd/twofactord/vault/birth_rule.h"

namespace twofactor {
namespace {

bool IsThere(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

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
  return MakeKeyFile(source.path);
}

Result<OpenedStores> OpenStores(const RunPaths& run, const StatePaths& state, VaultKey key,
                                const Config& config, const Clock& clock) {
  auto vault = Vault::Open(state.Vault(), std::move(key));
  if (!vault) {
    return Fail(vault.error());
  }
  const auto kept = vault->LoadSettings();
  auto former = vault->LoadFormerWindows();
  const auto latest = vault->LatestSeen();
  const auto generation = vault->LastGeneration();
  auto devices = vault->LoadDevices();
  if (!kept || !former || !latest || !generation || !devices) {
    return Fail(!kept         ? kept.error()
                : !former     ? former.error()
                : !latest     ? latest.error()
                : !generation ? generation.error()
                              : devices.error());
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
  const VaultBirthRule birth_rule(clock, *latest, settings.window, std::move(*former));
  auto live = LiveStorePublisher::Open(run, settings, *devices, *generation, birth_rule);
  if (!live) {
    return Fail(live.error().Under("publish the live store"));
  }
  return OpenedStores{std::move(*vault), std::move(*live), settings, std::move(*bypasses)};
}

}  // namespace twofactor
