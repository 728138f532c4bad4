#include <optional>
#include <string>

#include "helperd/twofactord/api/methods.h"

// A clock that was ahead, and is right now.
namespace twofactor::methods {
namespace {

void Accept(const CallPtr& call, const std::optional<Username>& username) {
  const auto permit = PermitClock(call->caller());
  if (!permit) {
    call->Refuse(permit.error());
    return;
  }
  call->services.store.AcceptTime(*permit, username, [call](const Result<std::uint64_t>& devices) {
    if (!devices) {
      call->Refuse(devices.error());
      return;
    }
    call->Answer({{"devices", *devices}});
  });
}

}  // namespace

void AcceptTime(const CallPtr& call) {
  const auto& options = call->params[0];
  const auto username = options.find("username");
  if (username == options.end()) {
    Accept(call, std::nullopt);
    return;
  }
  ResolveAccount(call, username->get<std::string>(),
                 [call](const Account& account) { Accept(call, account.name); });
}

}  // namespace twofactor::methods
