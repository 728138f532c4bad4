#include <optional>
#include <string>

#include "helperd/twofactord/api/methods.h"

namespace twofactor::methods {

void AcceptTime(const CallPtr& call, const RootPermit& permit) {
  const auto accept = [call, permit](const std::optional<Username>& username) {
    const auto describe = [](std::uint64_t devices) {
      return nlohmann::json{{"devices", devices}};
    };
    call->services.store.AcceptTime(permit, username, AnswerWith(call, describe));
  };
  const auto& options = call->params[0];
  if (const auto username = options.find("username"); username != options.end()) {
    FindAccount(call, username->get<std::string>(),
                [accept](const Account& account) { accept(account.name); });
    return;
  }
  accept(std::nullopt);
}

}  // namespace twofactor::methods
