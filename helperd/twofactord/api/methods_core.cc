#include <algorithm>
#include <string>

#include "helperd/twofactord/api/method_table.h"
#include "helperd/twofactord/api/methods.h"

namespace twofactor::methods {
namespace {

nlohmann::json DescribeMethods() {
  nlohmann::json methods = nlohmann::json::object();
  for (const Method& method : MethodTable()) {
    methods[std::string(method.name)] = {{"description", method.description},
                                         {"roles", RolesFor(method.access)},
                                         {"params", ParamsSchema(method.parameters)},
                                         {"result", ResultSchema(method.name, method.result)}};
  }
  return methods;
}

nlohmann::json ProblemsOf(const FactorStore& store) {
  nlohmann::json problems = nlohmann::json::array();
  if (const std::string& why = store.unwritable_because(); !why.empty()) {
    problems.push_back("changes are refused: " + why);
  }
  return problems;
}

}  // namespace

void Ping(const CallPtr& call) { call->Answer("pong"); }

// There is no option that changes anything here, so none is kept.
void SetOptions(const CallPtr& call) { call->Answer(nullptr); }

void GetMethods(const CallPtr& call) {
  // Anybody may ask, as often as the limits let them; it is always the same.
  static const nlohmann::json kMethods = DescribeMethods();
  call->Answer(kMethods);
}

void Health(const CallPtr& call) {
  const Services& services = call->services;
  const WallTime now = services.clock.Wall();
  // Codes from before the ledger's birth are refused; how long the ones of now still are, with the
  // usual interval.
  const OtpParameters usual;
  const TimeStep first =
      FirstStepAfterBirth(services.store.birth(), usual.interval, services.store.settings().window);
  const auto wait = std::max(StartOf(first, usual.interval) - now, std::chrono::seconds(0));
  const ClockState clock = services.store.ReadClockState();
  call->Answer({{"key", services.key_source},
                {"users", services.store.users()},
                {"live_store", services.store.kept_ledger() ? "kept" : "new"},
                {"birth", services.store.birth().time_since_epoch().count()},
                {"birth_wait", wait.count()},
                {"now", now.time_since_epoch().count()},
                {"clock_set_back", clock.set_back.count()},
                {"devices_ahead", clock.devices_ahead},
                {"longest_wait", clock.longest_wait.count()},
                {"rekey_under_way", services.store.rekey_under_way()},
                {"problems", ProblemsOf(services.store)}});
}

}  // namespace twofactor::methods
