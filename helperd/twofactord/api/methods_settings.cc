#include <utility>

#include "helperd/twofactord/api/audit_reason.h"
#include "helperd/twofactord/api/methods.h"

namespace twofactor::methods {
namespace {

using nlohmann::json;

json Describe(const LoginSettings& settings) {
  return {{"id", 1},
          {"enabled", settings.enabled},
          {"window", settings.window},
          {"services", {{"ssh", settings.ssh}}}};
}

SettingsChange ChangeFrom(const json& given) {
  SettingsChange change;
  if (given.contains("enabled")) {
    change.enabled = given["enabled"].get<bool>();
  }
  if (given.contains("window")) {
    change.window = given["window"].get<int>();
  }
  if (given.contains("services")) {
    // As with TrueNAS, a service that is left out is off.
    change.ssh = given["services"].value("ssh", false);
  }
  return change;
}

}  // namespace

void SettingsConfig(const CallPtr& call) {
  call->Answer(Describe(call->services.store.settings()));
}

void SettingsUpdate(const CallPtr& call, const AdministrationPermit& permit) {
  const json before = Describe(call->services.store.settings());
  call->services.store.UpdateSettings(permit, ChangeFrom(call->params[0]),
                                      AnswerWith(call, [call, before] {
                                        json after = Describe(call->services.store.settings());
                                        call->reason = ListChanges(before, after);
                                        return after;
                                      }));
}

}  // namespace twofactor::methods
