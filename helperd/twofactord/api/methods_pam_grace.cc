#include <algorithm>

#include "helperd/twofactord/api/methods.h"

// For the PAM module's option grace_period, in applications that run as root or that the
// administrator trusts. One that is not root says for itself alone where a user logged in.
namespace twofactor::methods {
namespace {

struct Login {
  Account account;
  std::string place;
};

// The place as it is remembered. What a trusted application says of another host is its own: it
// spares a code in that application alone. A terminal it does not know.
Result<std::string> PlaceFrom(const Call& call) {
  const auto& place = call.params[2].get_ref<const std::string&>();
  const uid_t peer = call.session->peer.uid;
  if (peer == 0) {
    return place;
  }
  const auto& trusted = call.services.config.verify.trusted_uids;
  if (std::find(trusted.begin(), trusted.end(), peer) == trusted.end()) {
    return Fail(ErrorCode::kNotPermitted,
                "only programs of root or of verify.trusted_uids may say where a user logged in");
  }
  if (!place.starts_with("host:")) {
    return Fail(ErrorCode::kNotPermitted, "only root's programs may name a terminal");
  }
  return "uid " + std::to_string(peer) + " " + place;
}

Result<Login> LoginFrom(Call& call) {
  auto place = PlaceFrom(call);
  if (!place) {
    return Fail(place.error());
  }
  auto name = Username::Parse(call.params[0].get_ref<const std::string&>());
  if (!name) {
    return Fail(Error::InvalidParams({{"username", name.error().message(), 22}}));
  }
  call.target = name->text();
  return Login{Account{std::move(*name), call.params[1].get<uid_t>()}, std::move(*place)};
}

// Is somebody guessing at the user's codes?
bool MustWait(const ListedDevices& listed) {
  return std::any_of(listed.devices.begin(), listed.devices.end(), [](const ListedDevice& device) {
    return device.wait.count() > 0 || device.wait_at_known.count() > 0;
  });
}

// Is there still what the login was granted with? The device may have been removed since the host
// verified its code. A host that does not say which device it was is believed.
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

void PamGrace(const CallPtr& call) {
  const auto login = LoginFrom(*call);
  if (!login) {
    call->Refuse(login.error());
    return;
  }
  Services& services = call->services;
  const auto device = services.store.ReadDevice(login->account);
  if (!device) {
    call->Refuse(device.error());
    return;
  }
  const bool covered =
      *device && services.grace.Covers(login->account, login->place,
                                       std::chrono::seconds(call->params[3].get<std::int64_t>()),
                                       services.clock.Boot());
  if (!covered) {
    call->Answer({{"granted", false}});
    return;
  }
  services.store.ListDevices(login->account,
                             [call, account = login->account](const Result<ListedDevices>& listed) {
                               if (!listed) {
                                 call->Refuse(listed.error());
                                 return;
                               }
                               const bool must_wait = MustWait(*listed);
                               if (must_wait) {
                                 call->services.grace.Forget(account);
                               }
                               call->Answer({{"granted", !must_wait}});
                             });
}

void PamNoteLogin(const CallPtr& call) {
  const auto login = LoginFrom(*call);
  if (!login) {
    call->Refuse(login.error());
    return;
  }
  Services& services = call->services;
  const auto counts = Counts(*call, login->account);
  if (!counts) {
    call->Refuse(counts.error());
    return;
  }
  if (*counts) {
    services.grace.Note(login->account, services.store.Watch(login->account.name), login->place,
                        services.clock.Boot());
  }
  call->Answer(nullptr);
}

}  // namespace twofactor::methods
