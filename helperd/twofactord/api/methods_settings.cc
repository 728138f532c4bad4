#include "helperd/twofactord/api/methods.h"

namespace twofactor::methods {
namespace {

nlohmann::json Describe(const LoginSettings& settings) {
  return {{"id", 1},
          {"enabled", settings.enabled},
          {"window", settings.window},
          {"services", {{"ssh", settings.ssh}}}};
}

VaultSettings Changed(const LoginSettings& current, const nlohmann::json& change) {
  VaultSettings settings{current.enabled, current.ssh, current.window};
  settings.enabled = change.value("enabled", settings.enabled);
  settings.window = change.value("window", settings.window);
  if (change.contains("services")) {
    settings.ssh = change["services"].value("ssh", settings.ssh);
  }
  return settings;
}

}  // namespace

void SettingsConfig(const CallPtr& call) {
  call->Answer(Describe(call->services.store.settings()));
}

void SettingsUpdate(const CallPtr& call) {
  const auto permit = PermitSettings(call->caller());
  if (!permit) {
    call->Refuse(permit.error());
    return;
  }
  FactorStore& store = call->services.store;
  store.UpdateSettings(*permit, Changed(store.settings(), call->params[0]),
                       [call](const Result<void>& stored) {
                         if (!stored) {
                           call->Refuse(stored.error());
                           return;
                         }
                         call->Answer(Describe(call->services.store.settings()));
                       });
}

}  // namespace twofactor::methods
