#include <getopt.h>
#include <pwd.h>
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

namespace {

constexpr std::string_view kUsage =
    "Usage: twofactor-accounts [--listen-fd N --peer-uid UID]\n"
    "Tells twofactord what the system knows of a user. systemd starts it, with the socket of\n"
    "twofactor-accounts.socket; 'twofactord --foreground' gives it one with --listen-fd.\n";

constexpr int kUsageError = 2;
constexpr std::chrono::milliseconds kIdleExit{60000};

struct Arguments {
  int listen_fd = -1;
  uid_t peer_uid = 0;
};

template <typename Number>
bool ParseNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// The exit code where the program is to end at once, -1 where it is to go on.
int ParseArguments(int argc, char** argv, Arguments& arguments) {
  const std::array options = {option{"help", no_argument, nullptr, 'h'},
                              option{"listen-fd", required_argument, nullptr, 'l'},
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
        if (!ParseNumber(optarg, arguments.listen_fd)) {
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
  // Nothing that a tool or module writes is to be anybody else's to read.
  umask(077);
  twofactor::AccountsServer::Options options;
  options.trusted_uids = {geteuid(), arguments.peer_uid};
  if (arguments.listen_fd < 0) {
    if (sd_listen_fds(1) != 1) {
      std::fputs("twofactor-accounts: no socket was passed: start twofactor-accounts.socket\n",
                 stderr);
      return kUsageError;
    }
    arguments.listen_fd = SD_LISTEN_FDS_START;
    options.idle_exit = kIdleExit;
    // The one lookup of this process: its own daemon's user, a local one.
    if (const passwd* daemon = getpwnam(twofactor::kDaemonUser.data()); daemon != nullptr) {
      options.trusted_uids.push_back(daemon->pw_uid);
    }
  }
  sd_notify(0, "READY=1");
  twofactor::AccountsServer server(twofactor::UniqueFd(arguments.listen_fd), twofactor::AnswerLine,
                                   std::move(options));
  server.Run();
  return 0;
}
