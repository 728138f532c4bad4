#include "tests/unit/rpc/server_fixture.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "helperd/twofactord/rpc/make_listener.h"

namespace twofactor {
namespace {

constexpr int kPatienceMs = 5000;
// A twentieth of a second of this process.
constexpr std::clock_t kWorkTime = CLOCKS_PER_SEC / 20;

bool IsReadable(int fd, int patience_ms) {
  pollfd event{fd, POLLIN, 0};
  return poll(&event, 1, patience_ms) > 0;
}

}  // namespace

void TestDispatcher::Dispatch(const std::shared_ptr<Session>& session, const std::string& method,
                              nlohmann::json params, Reply reply) {
  if (method == "echo") {
    reply(std::move(params));
  } else if (method == "hold") {
    held_.push_back(std::move(reply));
  } else if (method == "release") {
    for (const Reply& held : std::exchange(held_, {})) {
      held("released");
    }
    reply(true);
  } else if (method == "big") {
    reply(std::string(100'000, 'x'));
  } else if (method == "work") {
    const auto end = std::clock() + kWorkTime;
    while (std::clock() < end) {
    }
    reply(true);
  } else if (method == "moment") {
    reply(nlohmann::json{{"at", {{"$date", 86400000}}}});
  } else if (method == "version") {
    reply(nlohmann::json{session->version.year, session->version.month, session->version.patch});
  } else if (method == "tell") {
    int told = 0;
    for (; told < params.at(0).get<int>() && session->notifier->KeepsUp(); ++told) {
      session->notifier->Notify("told", {{"at", {{"$date", 0}}}, {"x", params.at(1)}});
    }
    reply(told);
  } else if (method == "await") {
    session->awaits_events = true;
    reply(true);
  } else if (method == "fail") {
    reply(Fail(ErrorCode::kNotPermitted, "not you"));
  } else {
    reply(Fail(ErrorCode::kUnknownMethod, "no"));
  }
}

// The system call, and not libc's function, which changes all threads.
AsUser::AsUser(uid_t uid) { EXPECT_EQ(syscall(SYS_setresuid, -1, uid, -1), 0); }
AsUser::~AsUser() { EXPECT_EQ(syscall(SYS_setresuid, -1, 0, -1), 0); }

RawClient::RawClient(const std::string& path, uid_t uid)
    : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  const void* start = &address;
  const AsUser as_user(uid);
  EXPECT_EQ(connect(socket_.get(), static_cast<const sockaddr*>(start), sizeof address), 0);
}

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void RawClient::ExpectServerHasRead() const {
  int unread = 1;
  for (int waited_ms = 0; unread != 0 && waited_ms < kPatienceMs; ++waited_ms) {
    ASSERT_EQ(ioctl(socket_.get(), SIOCOUTQ, &unread), 0);
    usleep(1000);
  }
  EXPECT_EQ(unread, 0);
}

std::string RawClient::ReadLine() {
  for (;;) {
    if (const std::size_t end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    char buffer[4096];
    if (!IsReadable(socket_.get(), kPatienceMs)) {
      return {};
    }
    const ssize_t count = recv(socket_.get(), buffer, sizeof buffer, 0);
    if (count <= 0) {
      return {};
    }
    pending_.append(buffer, static_cast<std::size_t>(count));
  }
}

std::string RawClient::ReadAll() {
  char buffer[65536];
  while (IsReadable(socket_.get(), kPatienceMs)) {
    const ssize_t count = recv(socket_.get(), buffer, sizeof buffer, 0);
    if (count <= 0) {
      break;
    }
    pending_.append(buffer, static_cast<std::size_t>(count));
  }
  return std::exchange(pending_, {});
}

bool RawClient::IsClosedWithin(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  char buffer[4096];
  while (std::chrono::steady_clock::now() < end) {
    if (IsReadable(socket_.get(), 20) && recv(socket_.get(), buffer, sizeof buffer, 0) <= 0) {
      return true;
    }
  }
  return false;
}

bool RawClient::IsReadableWithin(std::chrono::milliseconds time) const {
  return !pending_.empty() || IsReadable(socket_.get(), static_cast<int>(time.count()));
}

void RawClient::FinishSending() { shutdown(socket_.get(), SHUT_WR); }

ServerFixture::ServerFixture() { limits.message_time = std::chrono::milliseconds(10000); }

ServerFixture::~ServerFixture() {
  io_.stop();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void ServerFixture::Start() {
  auto listener = MakeListener(path(), 0666);
  ASSERT_TRUE(listener) << listener.error().message();
  server_ = std::make_unique<Server>(io_, std::move(*listener), dispatcher_, limits,
                                     [](uid_t uid, PeerUsage::Moment) { return uid; });
  server_->Start();
  thread_ = std::thread([this] { io_.run(); });
}

std::string ServerFixture::Ask(std::string_view line) {
  RawClient client(path());
  client.Send(std::string(line) + "\n");
  return client.ReadLine();
}

void ServerFixture::ExpectAlive() {
  EXPECT_EQ(Ask(R"({"jsonrpc":"2.0","id":1,"method":"echo","params":[7]})"),
            R"({"id":1,"jsonrpc":"2.0","result":[7]})");
}

}  // namespace twofactor
