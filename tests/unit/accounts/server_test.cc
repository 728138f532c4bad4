#include "helperd/accounts/server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

#include "helperd/twofactord/accounts_client/accounts_client.h"
#include "helperd/twofactord/rpc/make_listener.h"
#include "helperd/twofactord/rpc/subordinate_uids.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

// Answers find_user by its name: "hang" never, "crash" by dying after a while, "leave" with the
// number of a process that it leaves behind, others with an entry.
std::string AnswerByName(std::string_view line, Progress& progress) {
  const auto request = ParseAccountsRequest(line);
  if (!request) {
    return AnswerText(request.error()) + "\n";
  }
  if (request->name == "hang") {
    progress.Enter("a dead directory");
    pause();
  }
  if (request->name == "crash") {
    usleep(100000);
    kill(getpid(), SIGKILL);
  }
  if (request->name == "leave") {
    const pid_t left = fork();
    if (left == 0) {
      pause();
    }
    return AnswerText(ToJson(PasswdEntry{std::to_string(left), 1, 1, "", "/", ""})) + "\n";
  }
  return AnswerText(ToJson(PasswdEntry{request->name, 1, 1, "", "/", "/bin/sh"})) + "\n";
}

// The real server in a process of its own, and the daemon's client of it.
class AccountsServerTest : public testing::Test {
 protected:
  ~AccountsServerTest() override {
    if (server_ > 0) {
      EXPECT_EQ(Stop(), 0);
    }
  }
  void SetUp() override { Start({}); }

  void Start(AccountsServer::Options options) {
    auto listener = std::move(MakeListener(directory_ / "accounts.sock", 0600)).value();
    options.deadline = kDeadline;
    options.trusted_uids = {geteuid()};
    server_ = fork();
    if (server_ == 0) {
      leash_.Reset();
      AccountsServer(std::move(listener), AnswerByName, std::move(options)).Run();
      _exit(0);
    }
  }
  // The server's status after SIGTERM.
  int Stop() {
    kill(server_, SIGTERM);
    return Wait();
  }
  int Wait() {
    int status = -1;
    waitpid(std::exchange(server_, 0), &status, 0);
    return status;
  }

  void Find(boost::asio::io_context& io, const std::string& name,
            std::optional<Result<PasswdEntry>>& found) {
    AccountsClient client(io, directory_ / "accounts.sock");
    client.FindUser({geteuid()}, name, [&found](Result<PasswdEntry> result) {
      EXPECT_FALSE(found) << "called back twice";
      found.emplace(std::move(result));
    });
  }
  Result<PasswdEntry> Find(const std::string& name) {
    boost::asio::io_context io;
    std::optional<Result<PasswdEntry>> found;
    Find(io, name, found);
    io.run();
    return std::move(*found);
  }

  static constexpr std::chrono::milliseconds kDeadline{500};
  TempDirectory directory_;
  pid_t server_ = 0;
  UniqueFd leash_;  // The test's end of the server's.
};

TEST_F(AccountsServerTest, AnswersOneRequestPerConnection) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Find("alice").value().name, "alice");
  }
}

TEST_F(AccountsServerTest, SourceThatHangsFailsThatCallAloneAtItsDeadline) {
  const auto start = std::chrono::steady_clock::now();
  const Error error = Find("hang").error();
  EXPECT_EQ(error.code(), ErrorCode::kTimedOut);
  EXPECT_NE(error.message().find("a dead directory"), std::string::npos) << error.message();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
  EXPECT_TRUE(Find("alice"));
}

TEST_F(AccountsServerTest, SourceThatCrashesFailsThatCallAlone) {
  EXPECT_EQ(Find("crash").error().code(), ErrorCode::kUnavailable);
  EXPECT_TRUE(Find("alice"));
}

TEST_F(AccountsServerTest, CallerWhoseWorkerCrashedLearnsItWhileOthersHang) {
  boost::asio::io_context io;
  std::optional<Result<PasswdEntry>> crash;
  std::optional<Result<PasswdEntry>> hang;
  Find(io, "crash", crash);
  Find(io, "hang", hang);
  while (!crash && !hang) {
    io.run_one();
  }
  ASSERT_TRUE(crash);
  EXPECT_EQ(crash->error().code(), ErrorCode::kUnavailable);
  io.run();
  EXPECT_EQ(hang->error().code(), ErrorCode::kTimedOut);
}

TEST_F(AccountsServerTest, HangingSourcesDelayNoOtherCall) {
  boost::asio::io_context io;
  std::vector<std::optional<Result<PasswdEntry>>> hanging(20);
  for (auto& found : hanging) {
    Find(io, "hang", found);
  }
  io.poll();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(Find("alice"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, kDeadline);
  io.run();
}

TEST_F(AccountsServerTest, MoreCallsThanWorkersWaitTheirTurn) {
  Stop();
  AccountsServer::Options options;
  options.workers = 2;
  Start(std::move(options));
  boost::asio::io_context io;
  std::vector<std::optional<Result<PasswdEntry>>> all(10);
  for (auto& found : all) {
    Find(io, "alice", found);
  }
  io.run();
  for (const auto& found : all) {
    EXPECT_TRUE(found && *found);
  }
}

// The daemon gives up what waited for long, and asks for the next one: without this the workers of
// both would be there.
TEST_F(AccountsServerTest, AbandonedRequestKeepsNoWorker) {
  Stop();
  AccountsServer::Options options;
  options.workers = 1;
  Start(std::move(options));
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) {
    boost::asio::io_context io;
    std::optional<Result<PasswdEntry>> hang;
    Find(io, "hang", hang);
    io.run_for(std::chrono::milliseconds(50));
    EXPECT_FALSE(hang);
  }
  EXPECT_TRUE(Find("alice"));
  // Five deadlines, one after the other.
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5 * kDeadline);
}

TEST_F(AccountsServerTest, WhatAWorkerLeftBehindDiesWithIt) {
  const auto left = std::stoi(Find("leave").value().name);
  for (int i = 0; i < 200 && kill(left, 0) == 0; ++i) {
    std::ifstream status("/proc/" + std::to_string(left) + "/stat");
    std::string line;
    std::getline(status, line);
    if (line.find(") Z ") != std::string::npos) {
      // Dead, and its reaper's to bury.
      return;
    }
    usleep(10000);
  }
  EXPECT_NE(kill(left, 0), 0);
}

TEST_F(AccountsServerTest, EndsWhenItsLeashIsReleased) {
  Stop();
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  leash_ = UniqueFd(ends[1]);
  AccountsServer::Options options;
  options.leash = UniqueFd(ends[0]);
  Start(std::move(options));
  EXPECT_TRUE(Find("alice"));
  leash_.Reset();
  EXPECT_EQ(Wait(), 0);
}

TEST_F(AccountsServerTest, WorkersDieWithAKilledServer) {
  boost::asio::io_context io;
  std::optional<Result<PasswdEntry>> hang;
  Find(io, "hang", hang);
  io.run_for(std::chrono::milliseconds(100));
  kill(server_, SIGKILL);
  Wait();
  const auto start = std::chrono::steady_clock::now();
  io.restart();
  io.run();
  EXPECT_EQ(hang->error().code(), ErrorCode::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST_F(AccountsServerTest, SilentCallerIsDisconnected) {
  const UniqueFd silent(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (directory_ / "accounts.sock").copy(address.sun_path, sizeof address.sun_path - 1);
  void* start = &address;
  ASSERT_EQ(connect(silent.get(), static_cast<sockaddr*>(start), sizeof address), 0);
  std::string answer(4096, '\0');
  answer.resize(static_cast<std::size_t>(read(silent.get(), answer.data(), answer.size())));
  EXPECT_NE(answer.find("the request did not answer in time"), std::string::npos) << answer;
  EXPECT_EQ(read(silent.get(), answer.data(), answer.size()), 0);
}

TEST_F(AccountsServerTest, StrangerGetsNoAnswer) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  ASSERT_EQ(chmod((directory_ / "accounts.sock").c_str(), 0666), 0);
  const pid_t stranger = fork();
  if (stranger == 0) {
    const bool other = setresuid(54321, 54321, 54321) == 0;
    const auto found = Find("alice");
    _exit(other && !found && found.error().code() == ErrorCode::kUnavailable ? 0 : 1);
  }
  int status = -1;
  waitpid(stranger, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(AccountsServerTest, IdleServerEnds) {
  Stop();
  AccountsServer::Options options;
  options.idle_exit = std::chrono::milliseconds(200);
  Start(std::move(options));
  EXPECT_TRUE(Find("alice"));
  EXPECT_EQ(Wait(), 0);
}

TEST_F(AccountsServerTest, UnfitServerLeavesTheRequestToTheNextOne) {
  Stop();
  const std::string needed = directory_ / "needed";
  ASSERT_EQ(mkdir(needed.c_str(), 0700), 0);
  AccountsServer::Options options;
  options.is_fit = [needed] { return access(needed.c_str(), F_OK) == 0; };
  Start(std::move(options));
  EXPECT_TRUE(Find("alice"));
  ASSERT_EQ(rmdir(needed.c_str()), 0);
  // Not accepted: with the only server gone, the caller is cut off instead of answered.
  EXPECT_FALSE(Find("alice"));
  EXPECT_EQ(Wait(), 0);
}

TEST(AccountsClientTest, RequestThatARestartInterruptsIsRepeatedOnce) {
  const TempDirectory directory;
  auto listener = MakeListener(directory / "accounts.sock", 0600);
  ASSERT_TRUE(listener);
  boost::asio::io_context io;
  AccountsClient client(io, directory / "accounts.sock");
  std::optional<ErrorCode> code;
  client.ListShells(
      {geteuid()}, [&code](const Result<nlohmann::json>& result) { code = result.error().code(); });
  for (int asked = 0; asked < 2; ++asked) {
    UniqueFd connection;
    for (int i = 0; i < 5000 && !connection.valid(); ++i) {
      io.poll();
      connection =
          UniqueFd(accept4(listener->get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      usleep(1000);
    }
    ASSERT_TRUE(connection.valid()) << asked;
    EXPECT_FALSE(code);
  }
  io.run();
  // Whoever breaks off twice is no restart.
  EXPECT_EQ(code, ErrorCode::kUnavailable);
}

// A client that knows with whom uids count, and what takes its requests and never answers.
class LentUidsTest : public testing::Test {
 protected:
  static constexpr uid_t kMallory = 1000;
  static constexpr uid_t kAlice = 1001;
  static constexpr uid_t kLent = 100'000;
  // What FairTurns leaves to one user alone, of AccountsClient::kForUsers.
  static constexpr std::size_t kOfOneUser = 10;

  LentUidsTest() {
    std::ofstream(directory_ / "subuid") << "mallory:100000:65536\n";
    std::ofstream(directory_ / "passwd") << "mallory:x:1000:1000::/:/bin/sh\n";
  }
  void SetUp() override { ASSERT_TRUE(listener_); }

  void Find(uid_t asker) {
    client_.FindUser({asker}, "somebody", [](const Result<PasswdEntry>&) {});
  }
  void Describe(uid_t asker) {
    client_.DescribeUser({asker}, "somebody", [](const Result<nlohmann::json>&) {});
  }
  // How many requests are under way.
  std::size_t UnderWay() {
    for (int i = 0; i < 10; ++i) {
      io_.poll();
      while (true) {
        UniqueFd connection(
            accept4(listener_->get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!connection.valid()) {
          break;
        }
        connections_.push_back(std::move(connection));
      }
    }
    return connections_.size();
  }

 private:
  TempDirectory directory_;
  Result<UniqueFd> listener_ = MakeListener(directory_ / "accounts.sock", 0600);
  boost::asio::io_context io_;
  SubordinateUids uids_{directory_ / "subuid", directory_ / "passwd"};
  AccountsClient client_{io_, directory_ / "accounts.sock", &uids_};
  std::vector<UniqueFd> connections_;
};

TEST_F(LentUidsTest, AllUidsLentToAUserShareThatUsersTurns) {
  for (uid_t lent = kLent; lent < kLent + 64; ++lent) {
    Find(lent);
  }
  EXPECT_EQ(UnderWay(), kOfOneUser);
  Find(kMallory);
  EXPECT_EQ(UnderWay(), kOfOneUser);
  Find(kAlice);
  EXPECT_EQ(UnderWay(), kOfOneUser + 1);
  Find(0);
  EXPECT_EQ(UnderWay(), kOfOneUser + 2);
}

TEST_F(LentUidsTest, AllUidsLentToAUserShareTheDescriptionsOfAUser) {
  for (uid_t lent = kLent; lent < kLent + 64; ++lent) {
    Describe(lent);
  }
  EXPECT_EQ(UnderWay(), std::size_t{AccountsClient::kDescriptionsOfOneUser});
  Describe(kAlice);
  EXPECT_EQ(UnderWay(), std::size_t{AccountsClient::kDescriptionsOfOneUser} + 1);
}

TEST(AccountsClientTest, MissingServerIsUnavailable) {
  boost::asio::io_context io;
  AccountsClient client(io, "/nonexistent/accounts.sock");
  std::optional<ErrorCode> code;
  client.ListShells(
      {geteuid()}, [&code](const Result<nlohmann::json>& result) { code = result.error().code(); });
  io.run();
  EXPECT_EQ(code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace twofactor
