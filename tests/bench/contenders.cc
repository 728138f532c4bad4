#include "tests/bench/contenders.h"

#include <pwd.h>
#include <security/pam_appl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <random>
#include <stdexcept>

#include "tests/bench/bench_users.h"
#include "tests/support/temp_directory.h"

namespace twofactor::bench {
namespace {

// Whom every Debian has, and who has no rights.
constexpr const char* kRealUser = "nobody";
constexpr std::uint64_t kMostOathUsers = 100'000;
// In crowds the peers show how many they refuse; the ratio is that of the others.
constexpr int kPeersEvery = 8;

void WriteService(const Ground& ground, const std::string& name, const std::string& line) {
  const std::string path = ground.Confdir() + "/" + name;
  WriteFile(path, "auth required " + line + "\n");
  chmod(path.c_str(), 0644);
}

std::string OurLine(const Ground& ground, const std::string& run_directory) {
  return ground.work + "/pam_twofactor.so run_dir=" + run_directory;
}

std::string OathLine(const std::string& file) {
  return "pam_oath.so usersfile=" + file + " window=1 digits=6";
}

// One line of pam_oath's file of users.
std::string OathUser(const std::string& name, const Secret& secret) {
  return "HOTP/T30/6 " + name + " - " + HexOf(secret) + "\n";
}

// With what ours does too: single use and counting of tries.
void WriteGoogleFile(const std::string& path, const Secret& secret) {
  unlink(path.c_str());
  std::ofstream(path) << Base32Of(secret) << "\n\" RATE_LIMIT 5 30\n\" WINDOW_SIZE 3\n"
                      << "\" DISALLOW_REUSE\n\" TOTP_AUTH\n";
  chmod(path.c_str(), 0400);
}

std::string GoogleFolder(const Ground& ground) {
  std::string folder = ground.work + "/google";
  mkdir(folder.c_str(), 0700);
  return folder;
}

std::string GoogleLine(const std::string& folder) {
  return "pam_google_authenticator.so secret=" + folder + "/${USER} user=root no_strict_owner";
}

Contender Permit(const Ground& ground, const std::string& user) {
  WriteService(ground, "permit", "pam_permit.so");
  return {"pam_permit", "permit", PAM_SUCCESS, [user] { return Attempt{user, ""}; }, 1, {}, {}};
}

Contender OathWith(const Ground& ground, std::uint64_t users) {
  const std::string name = "pam_oath@" + std::to_string(users);
  const std::string file = ground.work + "/" + name;
  const auto write = [file, users] {
    std::string text;
    for (std::uint64_t user = 0; user < users; ++user) {
      text += OathUser(NameOf(user), SecretOf(user));
    }
    WriteFile(file, text);
  };
  write();
  WriteService(ground, name, OathLine(file));
  auto next = std::make_shared<std::uint64_t>(0);
  const auto prepare = [next, users, write] {
    const std::uint64_t user = (*next)++ * 7919 % users;
    // Once each has logged in; more often would measure a file that was just written.
    if (user == 0) {
      write();
    }
    return Attempt{NameOf(user), CodeOf(SecretOf(user))};
  };
  return {name, name, PAM_SUCCESS, prepare, users > 1000 ? 20 : 1, {}, {}};
}

Contender OursWith(const Ground& ground, std::uint64_t users) {
  const std::string name = "twofactor@" + std::to_string(users);
  auto store = std::make_shared<BenchStore>(BenchStore::Make(ground.memory + "/" + name, users));
  WriteService(ground, name, OurLine(ground, store->directory()));
  auto random = std::make_shared<std::mt19937_64>(users);
  const auto prepare = [store, random] {
    const std::uint64_t user = (*random)() % store->users();
    store->Renew(user);
    return Attempt{NameOf(user), CodeOf(SecretOf(user))};
  };
  return {name, name, PAM_SUCCESS, prepare, 1, {}, {}};
}

// The daemon's users, one after the other: each has one code that was not used.
std::uint64_t NextOf(Ground& ground) {
  if (ground.next >= ground.users) {
    throw std::runtime_error("the daemon has too few users for so many logins");
  }
  return ground.next++;
}

// A peer that answers each line on a connection of its own, as the daemon would that does nothing.
class EchoServer {
 public:
  explicit EchoServer(std::string path) : path_(std::move(path)) {
    const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = Address();
    if (bind(listener, Generic(&address), sizeof address) != 0 || listen(listener, 16) != 0) {
      throw std::runtime_error("listen at " + path_);
    }
    child_ = fork();
    if (child_ == 0) {
      Serve(listener);
    }
    close(listener);
  }
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;
  ~EchoServer() {
    kill(child_, SIGKILL);
    unlink(path_.c_str());
  }

  // Connect, credentials of the peer, a line there and back, close.
  std::int64_t RoundTrip() const {
    const sockaddr_un address = Address();
    std::array<char, 256> line{};
    const std::int64_t start = NowNanoseconds();
    const int peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ucred credentials{};
    socklen_t size = sizeof credentials;
    const bool well = connect(peer, Generic(&address), sizeof address) == 0 &&
                      getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 &&
                      write(peer, line.data(), line.size()) > 0 &&
                      read(peer, line.data(), line.size()) > 0;
    close(peer);
    const std::int64_t time = NowNanoseconds() - start;
    return well ? time : throw std::runtime_error("no round trip over a socket");
  }

 private:
  static const sockaddr* Generic(const sockaddr_un* address) {
    const void* start = address;
    return static_cast<const sockaddr*>(start);
  }
  sockaddr_un Address() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
  }
  [[noreturn]] static void Serve(int listener) {
    for (;;) {
      const int peer = accept(listener, nullptr, nullptr);
      std::array<char, 256> line{};
      ucred credentials{};
      socklen_t size = sizeof credentials;
      getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &credentials, &size);
      for (ssize_t count = 0; (count = read(peer, line.data(), line.size())) > 0;) {
        static_cast<void>(!write(peer, line.data(), static_cast<std::size_t>(count)));
      }
      close(peer);
    }
  }

  std::string path_;
  pid_t child_ = 0;
};

void AddStoreOutcomes(const Ground& ground, std::vector<Contender>& contenders) {
  auto store = std::make_shared<BenchStore>(BenchStore::Make(ground.memory + "/outcomes", 1000));
  WriteService(ground, "outcomes", OurLine(ground, store->directory()));
  auto next = std::make_shared<std::uint64_t>(0);
  const auto renewed = [store, next] {
    const std::uint64_t user = (*next)++ % store->users();
    store->Renew(user);
    return user;
  };
  const auto right = [renewed] {
    const std::uint64_t user = renewed();
    return Attempt{NameOf(user), CodeOf(SecretOf(user))};
  };
  const auto wrong = [renewed] {
    const std::uint64_t user = renewed();
    return Attempt{NameOf(user), WrongCodeOf(SecretOf(user))};
  };
  const auto replayed = [right, &ground] {
    const Attempt attempt = right();
    LogIn(ground.Confdir(), "outcomes", attempt);
    return attempt;
  };
  const auto locked = [right, store] {
    const Attempt attempt = right();
    LockOut(store->directory(), attempt.user);
    return attempt;
  };
  contenders.push_back({"right", "outcomes", PAM_SUCCESS, right, 1, {}, {}});
  contenders.push_back({"wrong", "outcomes", PAM_AUTH_ERR, wrong, 1, {}, {}});
  contenders.push_back({"replayed", "outcomes", PAM_AUTH_ERR, replayed, 1, {}, {}});
  contenders.push_back({"locked", "outcomes", PAM_AUTH_ERR, locked, 1, {}, {}});
}

Attempt RightOfDaemon(Ground& ground) {
  const std::uint64_t user = NextOf(ground);
  return {NameOf(user), CodeOf(SecretOf(user))};
}

}  // namespace

std::vector<Contender> MakePeers(const Ground& ground) {
  const Secret secret = SecretOf(0);
  const std::string google = GoogleFolder(ground) + "/" + kRealUser;
  const std::string oath = ground.work + "/oath-one";
  auto store = std::make_shared<BenchStore>(BenchStore::Make(ground.memory + "/one", 1));
  WriteService(ground, "google", GoogleLine(GoogleFolder(ground)));
  WriteService(ground, "oath", OathLine(oath));
  WriteService(ground, "twofactor", OurLine(ground, store->directory()));
  const uid_t uid = getpwnam(kRealUser)->pw_uid;
  const auto fresh_google = [google, secret] {
    WriteGoogleFile(google, secret);
    return Attempt{kRealUser, CodeOf(secret)};
  };
  const auto fresh_oath = [oath, secret] {
    WriteFile(oath, OathUser(kRealUser, secret));
    return Attempt{kRealUser, CodeOf(secret)};
  };
  const auto fresh_ours = [store, secret, uid] {
    store->Renew(0, kRealUser, uid);
    return Attempt{kRealUser, CodeOf(secret)};
  };
  return {Permit(ground, kRealUser),
          {"pam_google_authenticator", "google", PAM_SUCCESS, fresh_google, 1, {}, {}},
          {"pam_oath", "oath", PAM_SUCCESS, fresh_oath, 1, {}, {}},
          {"twofactor", "twofactor", PAM_SUCCESS, fresh_ours, 1, {}, {}}};
}

std::vector<Contender> MakeScale(const Ground& ground) {
  std::vector<Contender> contenders{Permit(ground, NameOf(0))};
  for (const std::uint64_t users : {1UL, 1000UL, 100'000UL, 1'000'000UL}) {
    if (users <= ground.scale) {
      contenders.push_back(OursWith(ground, users));
    }
    if (users <= std::min(ground.scale, kMostOathUsers)) {
      contenders.push_back(OathWith(ground, users));
    }
  }
  return contenders;
}

std::vector<Contender> MakeOutcomes(Ground& ground) {
  std::vector<Contender> contenders;
  AddStoreOutcomes(ground, contenders);
  WriteService(ground, "daemon", OurLine(ground, ground.daemon));
  const auto right = [&ground] { return RightOfDaemon(ground); };
  const auto wrong = [&ground] {
    const std::uint64_t user = NextOf(ground);
    return Attempt{NameOf(user), WrongCodeOf(SecretOf(user))};
  };
  const auto replayed = [&ground] {
    const Attempt attempt = RightOfDaemon(ground);
    LogIn(ground.Confdir(), "daemon", attempt);
    return attempt;
  };
  const auto locked = [&ground] {
    const Attempt attempt = RightOfDaemon(ground);
    LockOut(ground.daemon, attempt.user);
    return attempt;
  };
  contenders.push_back({"right, learning", "daemon", PAM_SUCCESS, right, 1, {}, {}});
  contenders.push_back({"wrong, learning", "daemon", PAM_AUTH_ERR, wrong, 1, {}, {}});
  contenders.push_back({"replayed, learning", "daemon", PAM_AUTH_ERR, replayed, 1, {}, {}});
  contenders.push_back({"locked, learning", "daemon", PAM_AUTH_ERR, locked, 1, {}, {}});
  return contenders;
}

std::vector<Contender> MakeNonRoot(Ground& ground) {
  WriteService(ground, "daemon", OurLine(ground, ground.daemon));
  auto echo = std::make_shared<EchoServer>(ground.memory + "/echo.sock");
  const auto right = [&ground] { return RightOfDaemon(ground); };
  // Both in processes of their own: what has just made the code has its caches warm.
  return {{"root host", "daemon", PAM_SUCCESS, right, 1, 0, {}},
          {"other host", "daemon", PAM_SUCCESS, right, 1, getpwnam("nobody")->pw_uid, {}},
          {"round trip", "", 0, {}, 1, {}, [echo] { return echo->RoundTrip(); }}};
}

std::vector<CrowdContender> MakeCrowd(const Ground& ground, std::uint64_t users) {
  const std::string oath = ground.work + "/oath-crowd";
  const std::string google = GoogleFolder(ground);
  auto store = std::make_shared<BenchStore>(BenchStore::Make(ground.memory + "/crowd", users));
  Permit(ground, NameOf(0));
  WriteService(ground, "google", GoogleLine(google));
  WriteService(ground, "oath", OathLine(oath));
  WriteService(ground, "twofactor", OurLine(ground, store->directory()));
  const auto attempts = [users](const std::function<void(std::uint64_t)>& renew) {
    std::vector<Attempt> all;
    for (std::uint64_t user = 0; user < users; ++user) {
      renew(user);
      all.push_back({NameOf(user), CodeOf(SecretOf(user))});
    }
    return all;
  };
  const auto nothing = [](std::uint64_t) {};
  const auto write_oath = [oath, users, attempts, nothing] {
    std::string text;
    for (std::uint64_t user = 0; user < users; ++user) {
      text += OathUser(NameOf(user), SecretOf(user));
    }
    WriteFile(oath, text);
    return attempts(nothing);
  };
  return {{"pam_permit", "permit", [attempts, nothing] { return attempts(nothing); }},
          {"twofactor", "twofactor",
           [attempts, store] {
             return attempts([&store](std::uint64_t user) { store->Renew(user); });
           }},
          {"pam_google_authenticator", "google",
           [attempts, google] {
             return attempts([&google](std::uint64_t user) {
               WriteGoogleFile(google + "/" + NameOf(user), SecretOf(user));
             });
           },
           kPeersEvery},
          {"pam_oath", "oath", write_oath, kPeersEvery}};
}

}  // namespace twofactor::bench
