#include <algorithm>

#include "helperd/twofactord/api/methods.h"

// For the PAM module's option grace_period, in hosts that are root: nobody else's word on where a
// user logged in counts.
namespace twofactor::methods {
namespace {

Result<Account> AccountForRoot(Call& call) {
  if (call.session->peer.uid != 0) {
    return Fail(ErrorCode::kNotPermitted, "only root's programs may say where a user logged in");
  }
  auto name = Username::Parse(call.params[0].get_ref<const std::string&>());
  if (!name) {
    return Fail(Error::InvalidParams({{"username", name.error().message(), 22}}));
  }
  call.target = name->text();
  return Account{std::move(*name), call.params[1].get<uid_t>()};
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
  const auto account = AccountForRoot(*call);
  if (!account) {
    call->Refuse(account.error());
    return;
  }
  Services& services = call->services;
  const auto device = services.store.ReadDevice(*account);
  if (!device) {
    call->Refuse(device.error());
    return;
  }
  const bool covered =
      *device && services.grace.Covers(*account, call->params[2].get_ref<const std::string&>(),
                                       std::chrono::seconds(call->params[3].get<std::int64_t>()),
                                       services.clock.Boot());
  if (!covered) {
    call->Answer({{"granted", false}});
    return;
  }
  services.store.ListDevices(*account,
                             [call, account = *account](const Result<ListedDevices>& listed) {
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
  const auto account = AccountForRoot(*call);
  if (!account) {
    call->Refuse(account.error());
    return;
  }
  Services& services = call->services;
  const auto counts = Counts(*call, *account);
  if (!counts) {
    call->Refuse(counts.error());
    return;
  }
  if (*counts) {
    services.grace.Note(*account, services.store.Watch(account->name),
                        call->params[2].get_ref<const std::string&>(), services.clock.Boot());
  }
  call->Answer(nullptr);
}

}  // namespace twofactor::methods
