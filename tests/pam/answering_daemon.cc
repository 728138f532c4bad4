#include "tests/pam/answering_daemon.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "helperd/twofactord/rpc/make_listener.h"
#include "tests/unit/wire/fake_daemon.h"

namespace twofactor {
namespace {

constexpr int kLookMilliseconds = 10;

bool IsReadable(int fd) {
  pollfd wait{fd, POLLIN, 0};
  return poll(&wait, 1, kLookMilliseconds) > 0;
}

}  // namespace

AnsweringDaemon::AnsweringDaemon(const RunPaths& paths,
                                 std::map<std::string, nlohmann::json> answers)
    : answers_(std::move(answers)),
      listener_(std::move(MakeListener(paths.ApiSocket(), 0666)).value()),
      thread_([this] { Serve(); }) {}

AnsweringDaemon::~AnsweringDaemon() {
  stop_ = true;
  thread_.join();
}

std::vector<std::string> AnsweringDaemon::Calls() {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void AnsweringDaemon::Serve() {
  std::vector<UniqueFd> connections;
  while (!stop_) {
    if (IsReadable(listener_.get())) {
      connections.emplace_back(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    }
    std::erase_if(connections, [this](const UniqueFd& connection) {
      return IsReadable(connection.get()) && !AnswerLine(connection.get());
    });
  }
}

bool AnsweringDaemon::AnswerLine(int connection) {
  const std::string line = ReadRequest(connection);
  if (line.empty()) {
    return false;
  }
  const auto request = nlohmann::json::parse(line);
  const std::string method = request["method"];
  {
    const std::lock_guard lock(mutex_);
    calls_.push_back(method);
  }
  nlohmann::json answer = answers_.at(method);
  if (answer.is_string()) {
    return false;
  }
  if (!answer.is_null()) {
    answer.update({{"jsonrpc", "2.0"}, {"id", request["id"]}});
    Say(connection, answer.dump() + "\n");
  }
  return true;
}

}  // namespace twofactor
