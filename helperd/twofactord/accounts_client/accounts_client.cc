#include "helperd/twofactord/accounts_client/accounts_client.h"

#include <unistd.h>

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <utility>

#include "common/base/peer.h"

namespace twofactor {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Local = asio::local::stream_protocol;

// One request in progress. It keeps itself alive until it has called `done`.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(asio::io_context& io, std::string request,
           std::function<void(Result<nlohmann::json>)> done)
      : socket_(io),
        deadline_(io, AccountsClient::kDeadline),
        request_(std::move(request) + "\n"),
        done_(std::move(done)) {}

  void StartDeadline() {
    deadline_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) {
        self->Finish(Fail(ErrorCode::kTimedOut, "twofactor-accounts did not answer in time"));
      }
    });
  }

  // Keeps `turns` until the end.
  void Start(const std::string& path, std::array<std::shared_ptr<void>, 2> turns) {
    if (!done_) {
      return;
    }
    turns_ = std::move(turns);
    path_ = path;
    Connect();
  }

 private:
  void Connect() {
    socket_.async_connect(Local::endpoint(path_), [self = shared_from_this()](error_code error) {
      self->OnConnected(error);
    });
  }

  void OnConnected(error_code error) {
    if (error) {
      Finish(Fail(ErrorCode::kUnavailable, "reach twofactor-accounts: " + error.message() +
                                               " (is twofactor-accounts.socket started?)"));
      return;
    }
    const auto server = ReadPeerCredentials(socket_.native_handle());
    if (!server || (server->uid != 0 && server->uid != geteuid())) {
      Finish(Fail(ErrorCode::kUnavailable, "the peer is not twofactor-accounts"));
      return;
    }
    asio::async_write(socket_, asio::buffer(request_),
                      [self = shared_from_this()](error_code failed, std::size_t) {
                        if (failed) {
                          self->Lost(failed);
                          return;
                        }
                        self->ReadAnswer();
                      });
  }

  void ReadAnswer() {
    asio::async_read_until(
        socket_, asio::dynamic_buffer(answer_, kMaxAccountsAnswerBytes), '\n',
        [self = shared_from_this()](error_code failed, std::size_t bytes) {
          if (failed) {
            self->Lost(failed);
            return;
          }
          self->Finish(ParseAccountsAnswer(std::string_view(self->answer_).substr(0, bytes - 1)));
        });
  }

  // An upgrade restarts twofactor-accounts while it answers, and its socket keeps listening. A
  // request changes nothing, so it is repeated once, within the same deadline.
  void Lost(error_code error) {
    const bool ended = error == asio::error::eof || error == asio::error::connection_reset ||
                       error == asio::error::broken_pipe;
    if (done_ && ended && !std::exchange(asked_again_, true)) {
      error_code ignored;
      socket_.close(ignored);
      answer_.clear();
      Connect();
      return;
    }
    Finish(Fail(ErrorCode::kUnavailable,
                "twofactor-accounts closed the connection without an answer"));
  }

  void Finish(Result<nlohmann::json> result) {
    const auto done = std::exchange(done_, nullptr);
    if (!done) {
      return;
    }
    error_code ignored;
    socket_.close(ignored);
    deadline_.cancel();
    turns_ = {};
    done(std::move(result));
  }

  Local::socket socket_;
  asio::steady_timer deadline_;
  std::string path_;
  std::string request_;
  std::string answer_;
  bool asked_again_ = false;
  std::function<void(Result<nlohmann::json>)> done_;
  std::array<std::shared_ptr<void>, 2> turns_;
};

// Passes what `parse` makes of the answer to `done`.
template <typename T, typename Parse>
AccountsSource::Done<nlohmann::json> Parsed(Parse parse, AccountsSource::Done<T> done) {
  return [parse, done = std::move(done)](Result<nlohmann::json> answer) {
    if (!answer) {
      done(Fail(answer.error()));
      return;
    }
    done(parse(std::move(*answer)));
  };
}

}  // namespace

uid_t AccountsClient::OwnerOf(Asker asker) const {
  return uids_ == nullptr ? asker.uid
                          : uids_->OwnerOf(asker.uid, SubordinateUids::Moment::clock::now());
}

void AccountsClient::Ask(Asker asker, const AccountsRequest& request, Done<nlohmann::json> done) {
  const auto exchange = std::make_shared<Exchange>(io_, ToText(request), std::move(done));
  exchange->StartDeadline();
  const uid_t owner = OwnerOf(asker);
  const auto start = [exchange, turns = turns_, path = socket_path_,
                      owner](const Turns::Turn& description) {
    turns->Take(owner, [exchange, path, description](FairTurns::Turn turn) {
      exchange->Start(path, {description, std::move(turn)});
    });
  };
  if (request.op == AccountsOp::kDescribeUser) {
    descriptions_->Take(std::to_string(owner) + ":" + request.name, start);
  } else {
    start(nullptr);
  }
}

void AccountsClient::Identify(Asker asker, uid_t uid, const std::vector<std::string>& groups,
                              Done<Identity> done) {
  Ask(asker, {AccountsOp::kIdentify, uid, groups, {}},
      Parsed<Identity>(ParseIdentity,
                       [uids = uids_, done = std::move(done)](Result<Identity> identity) {
                         if (uids != nullptr && identity && identity->entry) {
                           uids->Know(identity->entry->name, identity->entry->uid);
                         }
                         done(std::move(identity));
                       }));
}

void AccountsClient::FindUser(Asker asker, const std::string& name, Done<PasswdEntry> done) {
  Ask(asker, {AccountsOp::kFindUser, 0, {}, name}, Parsed(ParsePasswdEntry, std::move(done)));
}

void AccountsClient::FindUsers(Asker asker, const std::vector<std::string>& names,
                               Done<std::vector<PasswdEntry>> done) {
  Ask(asker, {AccountsOp::kFindUsers, 0, {}, {}, names},
      Parsed(ParsePasswdEntries, std::move(done)));
}

void AccountsClient::CheckUsers(Asker asker, const std::vector<UserToCheck>& users,
                                Done<std::vector<UserCheck>> done) {
  Ask(asker, {AccountsOp::kCheckUsers, 0, {}, {}, {}, users},
      Parsed(ParseUserChecks, std::move(done)));
}

void AccountsClient::DescribeUser(Asker asker, const std::string& name, Done<nlohmann::json> done) {
  Ask(asker, {AccountsOp::kDescribeUser, 0, {}, name}, Parsed(CheckDescription, std::move(done)));
}

void AccountsClient::ListUsers(Asker asker, Done<std::vector<PasswdEntry>> done) {
  Ask(asker, {AccountsOp::kListUsers, 0, {}, {}}, Parsed(ParsePasswdEntries, std::move(done)));
}

void AccountsClient::ListGroups(Asker asker, const GroupLook& look, Done<nlohmann::json> done) {
  Ask(asker, {AccountsOp::kListGroups, 0, {}, {}, look.names, {}, look.gids},
      Parsed(CheckGroups, std::move(done)));
}

void AccountsClient::ListShells(Asker asker, Done<nlohmann::json> done) {
  Ask(asker, {AccountsOp::kListShells, 0, {}, {}}, Parsed(CheckShells, std::move(done)));
}

}  // namespace twofactor
