#include "helperd/twofactord/api/methods.h"

// TrueNAS' events: what a connection wants to be told of.
namespace twofactor::methods {

void Subscribe(const CallPtr& call) {
  auto id = call->services.subscriptions.Add(call->session,
                                             call->params[0].get_ref<const std::string&>());
  if (!id) {
    call->Refuse(id.error());
    return;
  }
  call->Answer(std::move(*id));
}

void Unsubscribe(const CallPtr& call) {
  Subscriptions::Remove(*call->session, call->params[0].get_ref<const std::string&>());
  call->Answer(nullptr);
}

}  // namespace twofactor::methods
