#include "helperd/twofactord/api/methods.h"

// TrueNAS' events: what a connection wants to be told of.
namespace twofactor::methods {

void Subscribe(const CallPtr& call) {
  AnswerWith(call)(call->services.subscriptions.Add(call->session,
                                                    call->params[0].get_ref<const std::string&>()));
}

void Unsubscribe(const CallPtr& call) {
  Subscriptions::Remove(*call->session, call->params[0].get_ref<const std::string&>());
  call->Answer(nullptr);
}

}  // namespace twofactor::methods
