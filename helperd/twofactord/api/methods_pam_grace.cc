#include <algorithm>

#include "helperd/twofactord/api/methods.h"

// For the PAM module's option grace_period, in applications that run as root or that the
// administrator trusts: only they may say where a user logged in.
namespace twofactor::methods {
namespace {

// The place as the daemon remembers it. What a trusted application says of a remote host counts for
// itself alone, so it spares no code in another application. It knows no terminals.
Result<std::string> PlaceFrom(const Call& call, const LoginPermit& permit) {
  const auto& place = call.params[2].get_ref<const std::string&>();
  if (permit.caller() == 0) {
    return place;
  }
  if (!place.starts_with("host:")) {
    return Fail(ErrorCode::kNotPermitted, "only applications of root may name a terminal");
  }
  return "uid " + std::to_string(permit.caller()) + " " + place;
}

// Is somebody guessing at the user's codes?
bool MustWait(const ListedDevices& listed) {
  return std::any_of(listed.devices.begin(), listed.devices.end(), [](const ListedDevice& device) {
    return device.wait.count() > 0 || device.wait_at_known.count() > 0;
  });
}

// Does the user still have the device whose code was accepted? It may have been removed since. An
// application that does not say which device it was is believed.
Result<bool> Counts(Call& call, const Account& account) {
  const auto generation =
      call.params.size() > 3 ? call.params[3].get<std::uint32_t>() : std::uint32_t{0};
  if (generation != 0) {
    return call.services.store.HoldsGeneration(account, generation);
  }
  const auto device = call.services.store.ReadDevice(account);
  return device ? Result<bool>(device->has_value()) : Fail(device.error());
}

}  // namespace

void PamGrace(const CallPtr& call, const LoginPermit& permit) {
  Services& services = call->services;
  const Account& account = permit.target();
  const auto place = PlaceFrom(*call, permit);
  if (!place) {
    call->Refuse(place.error());
    return;
  }
  const auto device = services.store.ReadDevice(account);
  if (!device) {
    call->Refuse(device.error());
    return;
  }
  const bool covered =
      *device && services.grace.Covers(account, *place,
                                       std::chrono::seconds(call->params[3].get<std::int64_t>()),
                                       services.clock.Boot());
  if (!covered) {
    call->Answer({{"granted", false}});
    return;
  }
  services.store.ListDevices(account,
                             AnswerWith(call, [call, account](const ListedDevices& listed) {
                               const bool must_wait = MustWait(listed);
                               if (must_wait) {
                                 call->services.grace.Forget(account);
                               }
                               return nlohmann::json{{"granted", !must_wait}};
                             }));
}

void PamNoteLogin(const CallPtr& call, const LoginPermit& permit) {
  Services& services = call->services;
  const auto place = PlaceFrom(*call, permit);
  if (!place) {
    call->Refuse(place.error());
    return;
  }
  const auto counts = Counts(*call, permit.target());
  if (!counts) {
    call->Refuse(counts.error());
    return;
  }
  if (*counts) {
    services.grace.Note(permit, services.store.Watch(permit.target().name), *place,
                        services.clock.Boot());
  }
  call->Answer(nullptr);
}

}  // namespace twofactor::methods
