#include "helperd/twofactord/api/methods.h"

namespace twofactor::methods {
namespace {

nlohmann::json Describe(const LoginSettings& settings) {
  return {{"id", 1},
          {"enabled", settings.enabled},
          {"window", settings.window},
          {"services", {{"ssh", settings.ssh}}}};
}

SettingsChange ChangeFrom(const nlohmann::json& given) {
  SettingsChange change;
  if (given.contains("enabled")) {
    change.enabled = given["enabled"].get<bool>();
  }
  if (given.contains("window")) {
    change.window = given["window"].get<int>();
  }
  if (given.contains("services") && given["services"].contains("ssh")) {
    change.ssh = given["services"]["ssh"].get<bool>();
  }
  return change;
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
  call->services.store.UpdateSettings(*permit, ChangeFrom(call->params[0]),
                                      [call](const Result<void>& stored) {
                                        if (!stored) {
                                          call->Refuse(stored.error());
                                          return;
                                        }
                                        call->Answer(Describe(call->services.store.settings()));
                                      });
}

}  // namespace twofactor::methods
