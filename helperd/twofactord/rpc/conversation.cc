#include "helperd/twofactord/rpc/conversation.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "helperd/messages/date_time.h"
#include "helperd/twofactord/rpc/charged_time.h"
#include "helperd/twofactord/rpc/rpc_errors.h"

namespace twofactor {

using nlohmann::json;

// One message in progress: its calls, which are counted while one is in progress, and its answers
// as text: one object, or an array for a batch. What has to wait for the rest of its batch counts
// as unread output, and what exceeds the limit is answered with -32000.
class Conversation::Batch {
 public:
  Batch(const RpcMessage& message, std::size_t bytes, std::shared_ptr<PeerShare> share)
      : is_batch_(message.batch),
        waiting_(message.entries.size()),
        bytes_(share->AddMessage(bytes) ? std::optional(bytes) : std::nullopt),
        share_(std::move(share)) {}
  ~Batch() {
    share_->RemoveOutput(counted_);
    if (bytes_) {
      share_->RemoveMessage(*bytes_);
    }
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  // False: its user has too many messages in progress already.
  bool may_start() const { return bytes_.has_value(); }

  // Takes the text of one answer, for the ID `id`; empty for a notification. Returns true for the
  // last one.
  bool Take(std::string answer, const json& id) {
    if (!answer.empty()) {
      Append(is_batch_ ? Counted(std::move(answer), id) : std::move(answer));
    }
    return --waiting_ == 0;
  }
  // Empty if there is none.
  std::string TakeText() {
    share_->RemoveOutput(std::exchange(counted_, 0));
    if (is_batch_ && !text_.empty()) {
      text_ += "]";
    }
    return std::move(text_);
  }

 private:
  std::string Counted(std::string text, const json& id) {
    if (share_->AddOutput(text.size())) {
      counted_ += text.size();
      return text;
    }
    share_->RemoveOutput(text.size());
    return ToText(MakeErrorAnswer(id, TooManyCallsObject()));
  }
  void Append(std::string text) {
    if (is_batch_) {
      text_ += text_.empty() ? "[" : ",";
      text_ += text;
    } else {
      text_ = std::move(text);
    }
  }

  const bool is_batch_;
  std::size_t waiting_;
  const std::optional<std::size_t> bytes_;
  const std::shared_ptr<PeerShare> share_;
  std::string text_;
  std::size_t counted_ = 0;
};

Conversation::Conversation(std::shared_ptr<Session> session, Dispatcher& dispatcher,
                           const Limits& limits, std::shared_ptr<PeerShare> share, Dates dates)
    : session_(std::move(session)),
      dispatcher_(dispatcher),
      limits_(limits),
      share_(std::move(share)),
      dates_(dates) {
  session_->notifier = this;
}

void Conversation::OnMessage(std::string_view text) {
  RpcMessage message = ParseMessage(text, limits_);
  const auto batch = std::make_shared<Batch>(message, text.size(), share_);
  for (RpcEntry& entry : message.entries) {
    Start(std::move(entry), batch);
  }
}

void Conversation::Start(RpcEntry entry, const std::shared_ptr<Batch>& batch) {
  const auto refuse = [&](const json& error) {
    Finish(batch, entry.id, entry.notification ? "" : ToText(MakeErrorAnswer(entry.id, error)));
  };
  if (entry.error) {
    refuse(*entry.error);
    return;
  }
  if (!batch->may_start() || !share_->AddCall(PeerShare::Moment::clock::now())) {
    refuse(TooManyCallsObject());
    return;
  }
  const std::string method = std::move(entry.method);
  dispatcher_.Dispatch(
      session_, method, std::move(entry.params),
      [self = shared_from_this(), owner = owner_.lock(), batch, id = std::move(entry.id),
       notification = entry.notification](CallResult result) {
        const ChargedTime charged(self->share_);
        self->share_->RemoveCall();
        self->Finish(batch, id, notification ? "" : self->TextOf(id, std::move(result)));
        // A copy: it may detach, and must not be destroyed while it runs.
        const auto on_idle = self->on_idle_;
        if (self->calls_under_way() == 0 && on_idle) {
          on_idle();
        }
      });
}

std::string Conversation::TextOf(const json& id, CallResult result) const {
  if (dates_ == Dates::kAsText && result.value() && result.text() == nullptr) {
    WriteDatesAsText(*result.value());
  }
  return AnswerText(id, result);
}

void Conversation::Notify(const std::string& method, json params) {
  if (!send_) {
    return;
  }
  const ChargedTime charged(share_);
  if (dates_ == Dates::kAsText) {
    WriteDatesAsText(params);
  }
  const auto send = send_;
  send(ToText({{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}}));
}

void Conversation::Finish(const std::shared_ptr<Batch>& batch, const json& id, std::string answer) {
  if (!batch->Take(std::move(answer), id)) {
    return;
  }
  std::string text = batch->TakeText();
  if (text.empty() || !send_) {
    return;
  }
  const auto send = send_;
  send(std::move(text));
}

}  // namespace twofactor
