#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_LINE_CONNECTION_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_LINE_CONNECTION_H_

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <string>

#include "helperd/twofactord/rpc/conversation.h"
#include "helperd/twofactord/rpc/paced_socket.h"

namespace twofactor {

// A peer that speaks newline-delimited JSON-RPC. The object lives while one of its operations or
// calls is in progress. Not thread-safe.
class LineConnection : public std::enable_shared_from_this<LineConnection> {
 public:
  LineConnection(PacedSocket socket, std::shared_ptr<PeerShare> share,
                 std::shared_ptr<Session> session, Dispatcher& dispatcher, const Limits& limits);
  void Start();

 private:
  void Read();
  void OnRead(std::size_t bytes);
  void TakeLines();
  void OnPeerDone();
  void Send(std::string text);
  void WriteNext();
  void OnWritten();
  void ExpectWithin(std::chrono::milliseconds time);
  void CloseWhenAnswered();
  void Close();

  bool is_open() const { return socket_.next_layer().is_open(); }

  PacedSocket socket_;
  std::shared_ptr<PeerShare> share_;
  const Limits limits_;
  std::shared_ptr<Conversation> conversation_;
  boost::asio::steady_timer read_deadline_;
  boost::asio::steady_timer write_deadline_;
  std::string input_;         // At most limits_.message_bytes plus one read.
  std::size_t searched_ = 0;  // There is no line end in input_ before this.
  std::deque<std::string> output_;
  bool reading_ = false;
  bool peer_done_ = false;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_LINE_CONNECTION_H_
