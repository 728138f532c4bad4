#include "helperd/twofactord/rpc/web_socket_connection.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace twofactor {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;

constexpr std::size_t kMaxHeaderBytes = 8UL * 1024;

class WebSocketConnection : public std::enable_shared_from_this<WebSocketConnection> {
 public:
  WebSocketConnection(PacedSocket socket, std::shared_ptr<PeerShare> share,
                      std::shared_ptr<Session> session, Dispatcher& dispatcher,
                      const Limits& limits)
      : stream_(std::move(socket)),
        share_(std::move(share)),
        limits_(limits),
        conversation_(std::make_shared<Conversation>(session, dispatcher, limits, share_,
                                                     Conversation::Dates::kAsObjects)),
        session_(std::move(session)),
        deadline_(stream_.get_executor()),
        message_deadline_(stream_.get_executor()) {}

  void Start() {
    conversation_->SetOwner(weak_from_this());
    conversation_->SetSend([this](std::string text) { Send(std::move(text)); });
    request_.emplace();
    request_->header_limit(kMaxHeaderBytes);
    request_->body_limit(0);
    CloseAfter(limits_.message_time);
    http::async_read(
        stream_.next_layer(), buffer_, *request_,
        [self = shared_from_this()](error_code error, std::size_t) { self->OnRequest(error); });
  }

 private:
  void OnRequest(error_code error) {
    if (error == http::error::end_of_stream || error == asio::error::operation_aborted) {
      Close();
    } else if (error) {
      Refuse(http::status::bad_request, "This HTTP request is not understood.\n");
    } else if (const auto version =
                   ParseApiPath({request_->get().target().data(), request_->get().target().size()});
               !version) {
      Refuse(http::status::not_found, "The API is at /api/current.\n");
    } else if (!websocket::is_upgrade(request_->get())) {
      Refuse(http::status::upgrade_required, "The API is a WebSocket.\n");
    } else {
      session_->version = *version;
      Accept();
    }
  }

  void Refuse(http::status status, const char* text) {
    response_.emplace(status, 11);
    response_->set(http::field::content_type, "text/plain; charset=utf-8");
    if (status == http::status::upgrade_required) {
      response_->set(http::field::upgrade, "websocket");
    }
    response_->keep_alive(false);
    response_->body() = text;
    response_->prepare_payload();
    http::async_write(stream_.next_layer(), *response_,
                      [self = shared_from_this()](error_code, std::size_t) { self->Close(); });
  }

  void Accept() {
    // Beast's own limit would close the connection before the peer has read why. Read() has the
    // same limit.
    stream_.read_message_max(0);
    websocket::stream_base::timeout timeouts{};
    timeouts.handshake_timeout = limits_.message_time;
    timeouts.idle_timeout = limits_.idle_time;
    // After half the time a silent peer is sent a ping; one that has not answered by the end is
    // closed.
    timeouts.keep_alive_pings = true;
    stream_.set_option(timeouts);
    stream_.async_accept(request_->get(), [self = shared_from_this()](error_code error) {
      self->request_.reset();
      if (error) {
        self->Close();
        return;
      }
      self->deadline_.cancel();
      self->buffer_.clear();
      self->Read();
    });
  }

  void Read() {
    if (reading_ || closing_ || share_->HasEnoughOutput()) {
      return;
    }
    reading_ = true;
    // One byte more than allowed shows that there are too many.
    const std::size_t room = limits_.message_bytes + 1 - buffer_.size();
    stream_.async_read_some(buffer_, room,
                            [self = shared_from_this()](error_code error, std::size_t) {
                              self->reading_ = false;
                              self->OnRead(error);
                            });
  }

  void OnRead(error_code error) {
    if (error) {
      Close();
    } else if (!stream_.got_text()) {
      CloseWith(websocket::close_code::unknown_data);
    } else if (buffer_.size() > limits_.message_bytes) {
      CloseWith(websocket::close_code::too_big);
    } else if (!stream_.is_message_done()) {
      ExpectMessageEnd();
      Read();
    } else {
      message_deadline_.cancel();
      message_begun_ = false;
      OnMessage();
    }
  }

  // A message's deadline starts with its first part; later ones do not extend it.
  void ExpectMessageEnd() {
    if (!message_begun_) {
      message_begun_ = true;
      CloseAt(message_deadline_, limits_.message_time);
    }
  }

  void OnMessage() {
    const auto data = buffer_.data();
    conversation_->OnMessage({static_cast<const char*>(data.data()), data.size()});
    buffer_.consume(buffer_.size());
    Read();
  }

  void Send(std::string text) {
    if (closing_) {
      return;
    }
    if (!share_->AddOutput(text.size())) {
      if (output_.empty()) {
        // Unread answers on its user's other connections leave no room for this one.
        CloseWith(websocket::close_code::try_again_later);
      } else {
        Close();
      }
      return;
    }
    output_.push_back(std::move(text));
    if (output_.size() == 1) {
      WriteNext();
    }
  }

  void WriteNext() {
    CloseAfter(limits_.write_time);
    stream_.text(true);
    stream_.async_write(
        asio::buffer(output_.front()),
        [self = shared_from_this()](error_code error, std::size_t) { self->OnWritten(error); });
  }

  void OnWritten(error_code error) {
    deadline_.cancel();
    if (error) {
      Close();
      return;
    }
    share_->RemoveOutput(output_.front().size());
    output_.pop_front();
    if (!output_.empty()) {
      WriteNext();
    }
    Read();
  }

  void CloseWith(websocket::close_code code) {
    closing_ = true;
    conversation_->Detach();
    CloseAfter(limits_.write_time);
    stream_.async_close(code, [self = shared_from_this()](error_code) { self->Close(); });
  }

  void CloseAfter(std::chrono::milliseconds time) { CloseAt(deadline_, time); }

  void CloseAt(asio::steady_timer& timer, std::chrono::milliseconds time) {
    timer.expires_after(time);
    timer.async_wait([weak = weak_from_this()](error_code error) {
      const auto self = weak.lock();
      if (!error && self) {
        self->Close();
      }
    });
  }

  void Close() {
    closing_ = true;
    stream_.next_layer().Close();
    deadline_.cancel();
    message_deadline_.cancel();
    conversation_->Detach();
  }

  websocket::stream<PacedSocket> stream_;
  std::shared_ptr<PeerShare> share_;
  const Limits limits_;
  std::shared_ptr<Conversation> conversation_;
  std::shared_ptr<Session> session_;
  asio::steady_timer deadline_;
  asio::steady_timer message_deadline_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> request_;
  std::optional<http::response<http::string_body>> response_;
  std::deque<std::string> output_;
  bool reading_ = false;
  bool message_begun_ = false;
  bool closing_ = false;
};

}  // namespace

void ServeWebSocket(PacedSocket socket, std::shared_ptr<PeerShare> share,
                    std::shared_ptr<Session> session, Dispatcher& dispatcher,
                    const Limits& limits) {
  std::make_shared<WebSocketConnection>(std::move(socket), std::move(share), std::move(session),
                                        dispatcher, limits)
      ->Start();
}

}  // namespace twofactor
