#include "helperd/twofactord/rpc/line_connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "common/base/secret_bytes.h"
#include "helperd/twofactord/rpc/rpc_errors.h"
#include "helperd/twofactord/rpc/turn_away.h"

namespace twofactor {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t kReadBytes = 4096;

}  // namespace

LineConnection::LineConnection(PacedSocket socket, std::shared_ptr<PeerShare> share,
                               std::shared_ptr<Session> session, Dispatcher& dispatcher,
                               const Limits& limits)
    : socket_(std::move(socket)),
      share_(std::move(share)),
      limits_(limits),
      conversation_(std::make_shared<Conversation>(std::move(session), dispatcher, limits, share_,
                                                   Conversation::Dates::kAsText)),
      read_deadline_(socket_.get_executor()),
      write_deadline_(socket_.get_executor()) {}

void LineConnection::Start() {
  conversation_->SetOwner(weak_from_this());
  conversation_->SetSend([this](std::string text) { Send(std::move(text)); });
  conversation_->SetOnIdle([this] { CloseWhenAnswered(); });
  ExpectWithin(limits_.message_time);
  Read();
}

void LineConnection::Read() {
  if (reading_ || peer_done_ || !is_open() || share_->HasEnoughOutput()) {
    return;
  }
  reading_ = true;
  const std::size_t end = input_.size();
  input_.resize(end + kReadBytes);
  socket_.async_read_some(asio::buffer(&input_[end], kReadBytes),
                          [self = shared_from_this(), end](error_code error, std::size_t bytes) {
                            self->reading_ = false;
                            self->input_.resize(end + (error ? 0 : bytes));
                            if (error) {
                              self->OnPeerDone();
                              return;
                            }
                            self->OnRead(bytes);
                          });
}

void LineConnection::OnRead(std::size_t) {
  const bool was_empty = searched_ == 0;
  TakeLines();
  if (!is_open()) {
    return;
  }
  if (input_.empty()) {
    ExpectWithin(limits_.idle_time);
  } else if (was_empty || searched_ == 0) {
    // A message's deadline starts with its first byte; later bytes do not extend it.
    ExpectWithin(limits_.message_time);
  }
  searched_ = input_.size();
  Read();
}

void LineConnection::TakeLines() {
  std::size_t start = 0;
  for (;;) {
    const std::size_t end = input_.find('\n', std::max(start, searched_));
    if (end == std::string::npos) {
      break;
    }
    const std::string_view line(&input_[start], end - start);
    if (line.size() > limits_.message_bytes) {
      break;
    }
    if (!line.empty() && line != "\r") {
      conversation_->OnMessage(line);
    }
    start = end + 1;
    searched_ = 0;
    if (!is_open()) {
      return;
    }
  }
  input_.erase(0, start);
  if (input_.size() > limits_.message_bytes) {
    Send(ToText(MakeErrorAnswer(nullptr, ParseErrorObject())));
    input_.clear();
    peer_done_ = true;
    CloseWhenAnswered();
  }
}

void LineConnection::OnPeerDone() {
  // A peer that only shut down its own side (socat, nc -N) still gets its answers.
  peer_done_ = true;
  CloseWhenAnswered();
}

void LineConnection::Send(std::string text) {
  if (!is_open()) {
    return;
  }
  text += '\n';
  if (!share_->AddOutput(text.size())) {
    if (output_.empty()) {
      // Unread answers on its user's other connections leave no room for this one.
      TurnAway(socket_.next_layer().native_handle(), TurnAwayLine(TooManyCallsObject()));
    }
    Close();
    return;
  }
  output_.push_back(std::move(text));
  if (output_.size() == 1) {
    WriteNext();
  }
}

void LineConnection::WriteNext() {
  write_deadline_.expires_after(limits_.write_time);
  write_deadline_.async_wait([weak = weak_from_this()](error_code error) {
    const auto self = weak.lock();
    if (!error && self) {
      self->Close();
    }
  });
  asio::async_write(socket_, asio::buffer(output_.front()),
                    [self = shared_from_this()](error_code error, std::size_t) {
                      if (error) {
                        self->Close();
                        return;
                      }
                      self->OnWritten();
                    });
}

void LineConnection::OnWritten() {
  write_deadline_.cancel();
  share_->RemoveOutput(output_.front().size());
  // It may have contained a secret.
  WipeMemory(output_.front().data(), output_.front().size());
  output_.pop_front();
  if (!output_.empty()) {
    WriteNext();
  }
  Read();
  CloseWhenAnswered();
}

void LineConnection::ExpectWithin(std::chrono::milliseconds time) {
  read_deadline_.expires_after(time);
  read_deadline_.async_wait([weak = weak_from_this(), this, time](error_code error) {
    const auto self = weak.lock();
    if (error || !self) {
      return;
    }
    // A peer that waits for an answer or an event, or has not read the last one, is not idle.
    const bool waits = conversation_->calls_under_way() > 0 || conversation_->awaits_events();
    // Not input_, which has room for the read in progress.
    if (waits && searched_ == 0) {
      ExpectWithin(time);
      return;
    }
    Close();
  });
}

void LineConnection::CloseWhenAnswered() {
  if (peer_done_ && output_.empty() && conversation_->calls_under_way() == 0) {
    Close();
  }
}

void LineConnection::Close() {
  socket_.Close();
  read_deadline_.cancel();
  write_deadline_.cancel();
  conversation_->Detach();
}

}  // namespace twofactor
