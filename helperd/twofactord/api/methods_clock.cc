#include <optional>
#include <string>

#include "helperd/twofactord/api/methods.h"

// After a clock that was ahead has been corrected.
namespace twofactor::methods {
namespace {

void Accept(const CallPtr& call, const RootPermit& permit,
            const std::optional<Username>& username) {
  call->services.store.AcceptTime(permit, username, [call](const Result<std::uint64_t>& devices) {
    if (!devices) {
      call->Refuse(devices.error());
      return;
    }
    call->Answer({{"devices", *devices}});
  });
}

}  // namespace

void AcceptTime(const CallPtr& call, const RootPermit& permit) {
  const auto& options = call->params[0];
  const auto username = options.find("username");
  if (username == options.end()) {
    Accept(call, permit, std::nullopt);
    return;
  }
  FindAccount(call, username->get<std::string>(),
              [call, permit](const Account& account) { Accept(call, permit, account.name); });
}

}  // namespace twofactor::methods
