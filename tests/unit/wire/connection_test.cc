#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/wire/api_client.h"
#include "common/wire/deadline_socket.h"
#include "tests/unit/wire/fake_daemon.h"

namespace twofactor {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How a call ends that has `timeout`, and how long it took.
struct Ending {
  ErrorCode code;
  milliseconds took;
};

Ending CallFailing(const RunPaths& paths, milliseconds timeout) {
  const auto start = steady_clock::now();
  auto client = ApiClient::Connect(paths, timeout);
  const Result<json> answer =
      client ? client->Call("core.ping", json::array()) : Result<json>(Fail(client.error()));
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
  EXPECT_FALSE(answer);
  return {answer ? ErrorCode::kInternal : answer.error().code(), took};
}

TEST(ConnectionTest, SilenceEndsAtTheDeadline) {
  FakeDaemon daemon([](int connection) {
    ReadRequest(connection);
    ReadRequest(connection);
  });
  const Ending ending = CallFailing(daemon.paths(), milliseconds(150));
  EXPECT_EQ(ending.code, ErrorCode::kTimedOut);
  EXPECT_GE(ending.took, milliseconds(150));
  EXPECT_LT(ending.took, milliseconds(1000));
}

TEST(ConnectionTest, PeerThatAlwaysHasOneMoreByteEndsAtTheDeadline) {
  FakeDaemon daemon([](int connection) {
    ReadRequest(connection);
    while (send(connection, " ", 1, MSG_NOSIGNAL) == 1) {
      poll(nullptr, 0, 1);
    }
  });
  const Ending ending = CallFailing(daemon.paths(), milliseconds(150));
  EXPECT_EQ(ending.code, ErrorCode::kTimedOut);
  EXPECT_LT(ending.took, milliseconds(1000));
}

TEST(ConnectionTest, PeerThatReadsNothingEndsAtTheDeadline) {
  FakeDaemon daemon([](int connection) {
    pollfd gone{connection, POLLRDHUP, 0};
    poll(&gone, 1, 5000);
  });
  auto client = ApiClient::Connect(daemon.paths(), milliseconds(150));
  ASSERT_TRUE(client);
  const auto answer = client->Call("a", json::array({std::string(8 << 20, 'x')}));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kTimedOut);
}

TEST(ConnectionTest, PeerThatAcceptsNobodyEndsAtTheDeadline) {
  const TempDirectory directory;
  const UniqueFd listener = ListenAt(directory / "api.sock", 0);
  const RunPaths paths(directory.path());
  std::vector<UniqueFd> waiting;
  Result<UniqueFd> last = ConnectLocal(paths.ApiSocket(), steady_clock::now() + milliseconds(100));
  while (last && waiting.size() < 8) {
    waiting.push_back(std::move(*last));
    last = ConnectLocal(paths.ApiSocket(), steady_clock::now() + milliseconds(100));
  }
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code(), ErrorCode::kTimedOut);
}

TEST(ConnectionTest, CallerThatWaitsForRoomIsAcceptedWhenThereIsSome) {
  const TempDirectory directory;
  const UniqueFd listener = ListenAt(directory / "api.sock", 0);
  const std::string path = RunPaths(directory.path()).ApiSocket();
  std::vector<UniqueFd> waiting;
  for (auto next = ConnectLocal(path, steady_clock::now() + milliseconds(100)); next;
       next = ConnectLocal(path, steady_clock::now() + milliseconds(100))) {
    waiting.push_back(std::move(*next));
  }
  auto late = std::async(std::launch::async,
                         [&path] { return ConnectLocal(path, steady_clock::now() + kAmple); });
  EXPECT_EQ(late.wait_for(milliseconds(50)), std::future_status::timeout);
  const UniqueFd taken(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  EXPECT_TRUE(late.get());
}

TEST(ConnectionTest, MissingDaemonIsUnavailable) {
  const TempDirectory directory;
  EXPECT_EQ(CallFailing(RunPaths(directory.path()), kAmple).code, ErrorCode::kUnavailable);
  EXPECT_EQ(CallFailing(RunPaths("/" + std::string(200, 'x')), kAmple).code,
            ErrorCode::kUnavailable);
  ListenAt(directory / "api.sock", 1);
  EXPECT_EQ(CallFailing(RunPaths(directory.path()), kAmple).code, ErrorCode::kUnavailable);
}

TEST(ConnectionTest, ConnectionThatIsLostDuringAnAnswerIsUnavailable) {
  FakeDaemon daemon([](int connection) {
    ReadRequest(connection);
    Say(connection, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":true}");
  });
  EXPECT_EQ(CallFailing(daemon.paths(), kAmple).code, ErrorCode::kUnavailable);
}

TEST(ConnectionTest, ReasonOfADaemonThatTurnsTheCallerAwayIsReported) {
  std::promise<void> closed;
  FakeDaemon daemon([&closed](int connection) {
    Say(connection, R"({"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"x"}})"
                    "\n");
    shutdown(connection, SHUT_RDWR);
    closed.set_value();
  });
  auto client = ApiClient::Connect(daemon.paths(), kAmple);
  ASSERT_TRUE(client);
  closed.get_future().wait();
  const auto answer = client->Call("core.ping", json::array());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kRateLimited) << answer.error().message();
}

TEST(ConnectionTest, PeerThatIsGoneRaisesNoSignal) {
  FakeDaemon daemon([](int) {});
  auto client = ApiClient::Connect(daemon.paths(), kAmple);
  ASSERT_TRUE(client);
  for (int i = 0; i < 3; ++i) {
    const auto answer = client->Call("a", json::array({std::string(1 << 20, 'x')}));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), ErrorCode::kUnavailable);
  }
}

TEST(ConnectionTest, SignalsOfTheHostDoNotEndACall) {
  struct sigaction quiet {};
  quiet.sa_handler = [](int) {};
  ASSERT_EQ(sigaction(SIGUSR1, &quiet, nullptr), 0);
  const pthread_t caller = pthread_self();
  FakeDaemon daemon([caller](int connection) {
    ReadRequest(connection);
    for (int i = 0; i < 20; ++i) {
      pthread_kill(caller, SIGUSR1);
      poll(nullptr, 0, 2);
    }
    Say(connection, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":true}\n");
  });
  auto client = ApiClient::Connect(daemon.paths(), kAmple);
  ASSERT_TRUE(client);
  EXPECT_TRUE(client->Call("core.ping", json::array()));
}

TEST(ConnectionTest, ChildrenOfTheHostDoNotGetTheSocket) {
  FakeDaemon daemon([](int connection) { ReadRequest(connection); });
  const auto socket = ConnectLocal(daemon.paths().ApiSocket(), steady_clock::now() + kAmple);
  ASSERT_TRUE(socket);
  EXPECT_NE(fcntl(socket->get(), F_GETFD) & FD_CLOEXEC, 0);
}

// A process of another user that listens at `path` until it is killed.
class Stranger {
 public:
  explicit Stranger(const std::string& path) {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    child_ = fork();
    if (child_ == 0) {
      constexpr uid_t kNobody = 65534;
      const bool listening = setresuid(kNobody, kNobody, kNobody) == 0;
      const UniqueFd listener = ListenAt(path, 8);
      _exit(!listening || write(ready[1], "x", 1) != 1 || pause() != -1 ? 1 : 0);
    }
    close(ready[1]);
    char byte = 0;
    EXPECT_EQ(read(ready[0], &byte, 1), 1);
    close(ready[0]);
  }
  ~Stranger() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

 private:
  pid_t child_;
};

TEST(ConnectionTest, StrangerInTheDaemonsPlaceIsAskedNothing) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  const TempDirectory directory;
  // Everybody may make a socket here, as in no run directory of ours.
  ASSERT_EQ(chmod(directory.path().c_str(), 0777), 0);
  const Stranger stranger(directory / "api.sock");
  EXPECT_EQ(CallFailing(RunPaths(directory.path()), kAmple).code, ErrorCode::kNotPermitted);
  // It is the daemon where the directory is its own.
  ASSERT_EQ(chown(directory.path().c_str(), 65534, 65534), 0);
  EXPECT_TRUE(ApiClient::Connect(RunPaths(directory.path()), kAmple));
}

}  // namespace
}  // namespace twofactor
