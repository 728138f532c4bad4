#include "helperd/accounts/server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>

#include "helperd/twofactord/accounts_client/accounts_client.h"
#include "helperd/twofactord/rpc/make_listener.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

// Answers find_user by its name: "hang" never, "crash" by dying, others with an entry.
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
    abort();
  }
  return AnswerText(ToJson(PasswdEntry{request->name, 1, 1, "", "/", "/bin/sh"})) + "\n";
}

// The real server in a process of its own, and the daemon's client of it.
class AccountsServerTest : public testing::Test {
 protected:
  AccountsServerTest() {
    auto listener = std::move(MakeListener(directory_ / "accounts.sock", 0600)).value();
    fcntl(listener.get(), F_SETFL, 0);
    server_ = fork();
    if (server_ == 0) {
      AccountsServer::Options options;
      options.deadline = std::chrono::milliseconds(500);
      options.trusted_uids = {geteuid()};
      AccountsServer(std::move(listener), AnswerByName, options).Run();
      _exit(0);
    }
  }
  ~AccountsServerTest() override {
    kill(server_, SIGTERM);
    waitpid(server_, nullptr, 0);
  }

  Result<PasswdEntry> Find(const std::string& name) {
    boost::asio::io_context io;
    AccountsClient client(io, directory_ / "accounts.sock");
    std::optional<Result<PasswdEntry>> found;
    client.FindUser(name,
                    [&found](Result<PasswdEntry> result) { found.emplace(std::move(result)); });
    io.run();
    return std::move(*found);
  }

  TempDirectory directory_;
  pid_t server_;
};

TEST_F(AccountsServerTest, AnswersOneRequestAConnection) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Find("alice").value().name, "alice");
  }
}

TEST_F(AccountsServerTest, SourceThatHangsFailsThatCallAloneInItsDeadline) {
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

TEST(AccountsClientTest, NobodyThereIsUnavailable) {
  boost::asio::io_context io;
  AccountsClient client(io, "/nonexistent/accounts.sock");
  std::optional<ErrorCode> code;
  client.ListShells(
      [&code](const Result<nlohmann::json>& result) { code = result.error().code(); });
  io.run();
  EXPECT_EQ(code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace twofactor
