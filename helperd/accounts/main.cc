#include <fcntl.h>
#include <getopt.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <utility>

#include "common/base/paths.h"
#include "helperd/accounts/answer.h"
#include "helperd/accounts/server.h"
#include "helperd/accounts/sources/local_users.h"
#include "helperd/accounts/sources/text_file.h"

namespace {

constexpr std::string_view kUsage =
    "Usage: twofactor-accounts [--listen-fd N --leash-fd N --peer-uid UID]\n"
    "Tells twofactord what the system knows about a user. systemd starts it, with the socket of\n"
    "twofactor-accounts.socket; 'twofactord --foreground' gives it one with --listen-fd.\n";

constexpr int kUsageError = 2;
constexpr std::chrono::milliseconds kIdleExit{60000};

struct Arguments {
  int listen_fd = -1;
  int leash_fd = -1;
  uid_t peer_uid = 0;
};

template <typename Number>
bool ParseNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// The exit code if the program should exit at once, else -1.
int ParseArguments(int argc, char** argv, Arguments& arguments) {
  const std::array options = {option{"help", no_argument, nullptr, 'h'},
                              option{"listen-fd", required_argument, nullptr, 'l'},
                              option{"leash-fd", required_argument, nullptr, 'e'},
                              option{"peer-uid", required_argument, nullptr, 'p'},
                              option{nullptr, 0, nullptr, 0}};
  for (;;) {
    switch (getopt_long(argc, argv, "h", options.data(), nullptr)) {
      case -1:
        return optind == argc ? -1 : kUsageError;
      case 'h':
        std::fputs(kUsage.data(), stdout);
        return 0;
      case 'l':
        if (!ParseNumber(optarg, arguments.listen_fd) || arguments.listen_fd < 0) {
          return kUsageError;
        }
        break;
      case 'e':
        if (!ParseNumber(optarg, arguments.leash_fd) || arguments.leash_fd < 0) {
          return kUsageError;
        }
        break;
      case 'p':
        if (!ParseNumber(optarg, arguments.peer_uid)) {
          return kUsageError;
        }
        break;
      default:
        return kUsageError;
    }
  }
}

// Returns whether `fd` is a listening local stream socket.
bool Listens(int fd) { return sd_is_socket_unix(fd, SOCK_STREAM, 1, nullptr, 0) > 0; }

// Returns the socket that systemd passed, -1 if there is none.
int SocketOfSystemd() { return sd_listen_fds(1) == 1 ? SD_LISTEN_FDS_START : -1; }

// Returns whom the server trusts in addition to root: itself, and the daemon's user. Looks that
// user up in the file, not in NSS, because a directory that hangs must not block this process.
std::vector<uid_t> TrustedUids(const Arguments& arguments, const twofactor::SystemLayout& layout) {
  std::vector<uid_t> uids = {geteuid(), arguments.peer_uid};
  const auto passwd = twofactor::ReadSystemFile(layout.passwd);
  const auto daemon = passwd ? twofactor::LocalUid(*passwd, twofactor::kDaemonUser) : std::nullopt;
  if (daemon) {
    uids.push_back(*daemon);
  }
  return uids;
}

// 'sshd -T' needs its run directory. The one in this unit's sandbox disappears with its mount when
// ssh.service stops and removes its own, and returns with the next start of this process. A process
// that started without one has nothing to lose.
std::function<bool()> HasWhatItStartedWith(const twofactor::SystemLayout& layout) {
  const auto is_there = [&layout] { return access(layout.sshd_run_folder.c_str(), F_OK) == 0; };
  return [is_there, was_there = is_there()] { return !was_there || is_there(); };
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  const int exit_code = ParseArguments(argc, argv, arguments);
  if (exit_code >= 0) {
    if (exit_code == kUsageError) {
      std::fputs(kUsage.data(), stderr);
    }
    return exit_code;
  }
  // Nobody else may read what a tool or module writes, and no core dump may contain a password
  // hash.
  umask(077);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const twofactor::SystemLayout layout;
  twofactor::AccountsServer::Options options;
  options.trusted_uids = TrustedUids(arguments, layout);
  if (arguments.listen_fd < 0) {
    arguments.listen_fd = SocketOfSystemd();
    options.idle_exit = kIdleExit;
    options.is_fit = HasWhatItStartedWith(layout);
  }
  if (!Listens(arguments.listen_fd)) {
    std::fputs(
        "twofactor-accounts: no listening local socket was passed: start "
        "twofactor-accounts.socket, or 'twofactord --foreground'\n",
        stderr);
    return kUsageError;
  }
  fcntl(arguments.listen_fd, F_SETFD, FD_CLOEXEC);
  fcntl(arguments.leash_fd, F_SETFD, FD_CLOEXEC);
  options.leash = twofactor::UniqueFd(arguments.leash_fd);
  const auto answer = [&layout](std::string_view request, twofactor::Progress& progress) {
    return twofactor::AnswerLine(request, layout, progress);
  };
  twofactor::AccountsServer server(twofactor::UniqueFd(arguments.listen_fd), answer,
                                   std::move(options));
  sd_notify(0, "READY=1");
  server.Run();
  return 0;
}
