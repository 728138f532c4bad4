#include "helperd/twofactord/rpc/conversation.h"

#include <utility>

#include "helperd/twofactord/rpc/charged_time.h"
#include "helperd/twofactord/rpc/rpc_errors.h"

namespace twofactor {

using nlohmann::json;

// The answers of one message on their way: one object, or an array for a batch.
struct Conversation::Batch {
  bool is_batch;
  std::size_t waiting;
  json answers = json::array();
};

Conversation::Conversation(std::shared_ptr<Session> session, Dispatcher& dispatcher,
                           const Limits& limits, std::shared_ptr<PeerShare> share)
    : session_(std::move(session)),
      dispatcher_(dispatcher),
      limits_(limits),
      share_(std::move(share)) {}

void Conversation::OnMessage(std::string_view text) {
  RpcMessage message = ParseMessage(text, limits_);
  auto batch = std::make_shared<Batch>(Batch{message.batch, message.entries.size()});
  for (RpcEntry& entry : message.entries) {
    Start(std::move(entry), batch);
  }
}

void Conversation::Start(RpcEntry entry, const std::shared_ptr<Batch>& batch) {
  if (entry.error) {
    Finish(batch, entry.notification ? json() : MakeErrorAnswer(entry.id, *entry.error));
    return;
  }
  if (!share_->AddCall(PeerShare::Moment::clock::now())) {
    Finish(batch, entry.notification ? json() : MakeErrorAnswer(entry.id, TooManyCallsObject()));
    return;
  }
  const std::string method = std::move(entry.method);
  dispatcher_.Dispatch(
      session_, method, std::move(entry.params),
      [self = shared_from_this(), owner = owner_.lock(), batch, id = std::move(entry.id),
       notification = entry.notification](const Result<json>& result) {
        const ChargedTime charged(self->share_);
        self->share_->RemoveCall();
        self->Finish(batch, notification ? json() : MakeAnswer(id, result));
        // A copy: it may detach, and then it is not to die while it runs.
        const auto on_idle = self->on_idle_;
        if (self->calls_under_way() == 0 && on_idle) {
          on_idle();
        }
      });
}

void Conversation::Finish(const std::shared_ptr<Batch>& batch, json answer) {
  if (!answer.is_null()) {
    batch->answers.push_back(std::move(answer));
  }
  if (--batch->waiting > 0 || batch->answers.empty() || !send_) {
    return;
  }
  const auto send = send_;
  send(ToText(batch->is_batch ? batch->answers : batch->answers[0]));
}

}  // namespace twofactor
