#ifndef TWOFACTOR_TESTS_UNIT_RPC_SERVER_FIXTURE_H_
#define TWOFACTOR_TESTS_UNIT_RPC_SERVER_FIXTURE_H_

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "helperd/twofactord/rpc/server.h"
#include "tests/support/temp_directory.h"

namespace twofactor {

// Methods for tests: echo answers its parameters; hold answers when release is called; big answers
// 100 KB; work works for a twentieth of a second; fail fails with EPERM; moment answers a moment;
// version answers the version that the peer asked for; tell notifies so many times, as long as the
// peer keeps up, and answers how many; await says that the peer awaits events.
class TestDispatcher final : public Dispatcher {
 public:
  void Dispatch(const std::shared_ptr<Session>& session, const std::string& method,
                nlohmann::json params, Reply reply) override;

 private:
  std::vector<Reply> held_;
};

// This thread as another user to the kernel, until the end of the block. Root, whom limits by uid
// do not bind, runs the tests.
class AsUser {
 public:
  explicit AsUser(uid_t uid);
  ~AsUser();
  AsUser(const AsUser&) = delete;
  AsUser& operator=(const AsUser&) = delete;
};

// A client's socket.
class RawClient {
 public:
  explicit RawClient(const std::string& path, uid_t uid = 0);
  // False where the server has closed the connection.
  bool Send(std::string_view bytes);
  // Waits until the server has read everything that was sent, for five seconds at most.
  void ExpectServerHasRead() const;
  // One line, without its end; empty at the end of the connection, or after five seconds.
  std::string ReadLine();
  // Everything up to the end of the connection, or until five seconds without a byte.
  std::string ReadAll();
  // Does the server close within this time?
  bool IsClosedWithin(std::chrono::milliseconds time);
  void FinishSending();
  // Is there something to read, or the end, within this time?
  bool IsReadableWithin(std::chrono::milliseconds time) const;
  int fd() const { return socket_.get(); }

 private:
  UniqueFd socket_;
  std::string pending_;
};

// The real server, on its own thread, with limits that a test sets before Start.
class ServerFixture : public testing::Test {
 protected:
  ServerFixture();
  ~ServerFixture() override;

  void Start();
  std::string path() const { return directory_ / "api.sock"; }
  // The answer to one line on a connection of its own.
  std::string Ask(std::string_view line);
  nlohmann::json AskJson(std::string_view line) { return nlohmann::json::parse(Ask(line)); }
  // Others are served.
  void ExpectAlive();

  Limits limits;

 private:
  TempDirectory directory_;
  boost::asio::io_context io_;  // Outlives the calls that the dispatcher holds.
  TestDispatcher dispatcher_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_RPC_SERVER_FIXTURE_H_
