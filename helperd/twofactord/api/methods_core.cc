#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "helperd/twofactord/api/method_descriptions.h"
#include "helperd/twofactord/api/methods.h"
#include "helperd/twofactord/api/query.h"

namespace twofactor::methods {
namespace {

using nlohmann::json;

// The methods of a service, also as text.
struct DescribedMethods {
  json value;
  std::shared_ptr<const std::string> text;
};

DescribedMethods TextOf(const nlohmann::ordered_json& methods) {
  return {json(methods),
          std::make_shared<const std::string>(methods.dump(-1, ' ', /*ensure_ascii=*/true))};
}

// By service; all methods under "".
std::map<std::string, DescribedMethods> DescribeAll() {
  std::map<std::string, DescribedMethods> all = {{"", TextOf(DescribeMethods(""))}};
  const json services = DescribeServices();
  for (const auto& [service, ignored] : services.items()) {
    all.emplace(service, TextOf(DescribeMethods(service)));
  }
  return all;
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

// No option has an effect, so none is kept.
void SetOptions(const CallPtr& call) { call->Answer(nullptr); }

void GetMethods(const CallPtr& call) {
  // The same for everybody, so made once.
  static const auto kMethods = DescribeAll();
  const bool all = call->params.empty() || call->params[0].is_null();
  const auto found = kMethods.find(all ? "" : call->params[0].get<std::string>());
  if (found == kMethods.end()) {
    call->Answer(json::object());
    return;
  }
  call->Answer(found->second.value, found->second.text);
}

void GetServices(const CallPtr& call) {
  static const json kServices = DescribeServices();
  call->Answer(kServices);
}

// There are none: every call is answered when it is done.
void GetJobs(const CallPtr& call) { call->reply(Arrange(QueryOf(call->params), {})); }

void Health(const CallPtr& call) {
  const Services& services = call->services;
  const WallTime now = services.clock.Wall();
  // Codes from before the ledger's birth are refused: for how long those of the default interval
  // still are.
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
