#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_CONVERSATION_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_CONVERSATION_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "helperd/twofactord/rpc/dispatcher.h"
#include "helperd/twofactord/rpc/json_rpc.h"
#include "helperd/twofactord/rpc/limits.h"
#include "helperd/twofactord/rpc/peer_share.h"

namespace twofactor {

// The part of a connection that both transports share: messages in, answers out, with the limits on
// calls. Calls run concurrently, and are answered as they finish. Not thread-safe.
class Conversation final : public Notifier, public std::enable_shared_from_this<Conversation> {
 public:
  // How to write moments (date_time.h).
  enum class Dates { kAsObjects, kAsText };

  Conversation(std::shared_ptr<Session> session, Dispatcher& dispatcher, const Limits& limits,
               std::shared_ptr<PeerShare> share, Dates dates);
  ~Conversation() override { Detach(); }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // Sets the owner of `send` and `on_idle`, which is kept alive while a call is in progress.
  void SetOwner(std::weak_ptr<void> owner) { owner_ = std::move(owner); }
  // Sets the function that sends the text of one answer; it is not called after Detach.
  void SetSend(std::function<void(std::string)> send) { send_ = std::move(send); }
  // Handles one complete message.
  void OnMessage(std::string_view text);
  // Drops the transport: calls that are still in progress are not answered.
  void Detach() {
    send_ = nullptr;
    on_idle_ = nullptr;
    session_->notifier = nullptr;
  }

  bool KeepsUp() const override { return !share_->HasEnoughOutput(); }
  void Notify(const std::string& method, nlohmann::json params) override;
  bool awaits_events() const { return session_->awaits_events; }

  int calls_under_way() const { return share_->calls(); }
  // Sets the function to call whenever no call is in progress any more, for a peer that has stopped
  // sending.
  void SetOnIdle(std::function<void()> on_idle) { on_idle_ = std::move(on_idle); }

 private:
  class Batch;

  void Start(RpcEntry entry, const std::shared_ptr<Batch>& batch);
  // `answer` is the text for the call with this ID; empty for a notification.
  void Finish(const std::shared_ptr<Batch>& batch, const nlohmann::json& id, std::string answer);
  std::string TextOf(const nlohmann::json& id, CallResult result) const;

  std::shared_ptr<Session> session_;
  Dispatcher& dispatcher_;
  const Limits limits_;
  std::shared_ptr<PeerShare> share_;
  const Dates dates_;
  std::weak_ptr<void> owner_;
  std::function<void(std::string)> send_;
  std::function<void()> on_idle_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_CONVERSATION_H_
