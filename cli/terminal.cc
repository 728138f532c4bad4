#include "cli/terminal.h"

#include <langinfo.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

constexpr std::size_t kMaxTypedBytes = 256;

// A terminal with more than letters: TERM is "dumb" in editors' shells and for some screen readers.
bool Draws(int descriptor) {
  const char* const kind = std::getenv("TERM");
  return isatty(descriptor) != 0 && kind != nullptr && std::string_view(kind) != "dumb";
}

// A line of standard input without its end, and no more of it than `most` bytes. None at the end.
std::optional<SecretBytes> ReadLine(std::size_t most) {
  SecretBytes line(most);
  std::size_t size = 0;
  for (;;) {
    std::uint8_t byte = 0;
    const ssize_t count = read(STDIN_FILENO, &byte, 1);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0 && size == 0) {
      return std::nullopt;
    }
    if (count <= 0 || byte == '\n') {
      line.Truncate(size);
      return line;
    }
    if (size < line.size()) {
      line.mutable_bytes()[size++] = byte;
    }
  }
}

// While it lives, the terminal does not show what is typed. Signals that end or stop the process
// wait until it is gone.
class HiddenTyping {
 public:
  HiddenTyping() {
    sigemptyset(&held_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) {
      sigaddset(&held_, signal);
    }
    sigprocmask(SIG_BLOCK, &held_, &before_signals_);
    signals_.Reset(signalfd(-1, &held_, SFD_CLOEXEC));
    tcgetattr(STDIN_FILENO, &before_);
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~HiddenTyping() {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    sigprocmask(SIG_SETMASK, &before_signals_, nullptr);
  }
  HiddenTyping(const HiddenTyping&) = delete;
  HiddenTyping& operator=(const HiddenTyping&) = delete;

  // False where a signal came first.
  bool AwaitLine() const {
    std::array<pollfd, 2> sources = {pollfd{STDIN_FILENO, POLLIN, 0},
                                     pollfd{signals_.get(), POLLIN, 0}};
    while (poll(sources.data(), sources.size(), -1) < 0) {
      if (errno != EINTR) {
        return true;
      }
    }
    return sources[1].revents == 0;
  }

 private:
  sigset_t held_{};
  sigset_t before_signals_{};
  UniqueFd signals_;
  termios before_{};
};

}  // namespace

bool StandardTerminal::IsInteractive() const {
  return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0;
}

int StandardTerminal::Columns() const {
  winsize size{};
  const bool known = ioctl(OutputDescriptor(), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

bool StandardTerminal::UsesColour() const {
  const char* const forbidden = std::getenv("NO_COLOR");
  return Draws(OutputDescriptor()) && (forbidden == nullptr || *forbidden == '\0');
}

bool StandardTerminal::ShowsUnicode() const {
  return Draws(OutputDescriptor()) && std::string_view(nl_langinfo(CODESET)) == "UTF-8";
}

std::optional<SecretBytes> StandardTerminal::Ask(const std::string& prompt) {
  if (IsInteractive()) {
    std::fputs(prompt.c_str(), stderr);
  }
  std::fflush(stdout);
  return ReadLine(kMaxTypedBytes);
}

std::optional<SecretBytes> StandardTerminal::AskHidden(const std::string& prompt) {
  if (!IsInteractive()) {
    auto line = ReadLine(kMaxPassphraseBytes + 1);
    return line && line->size() <= kMaxPassphraseBytes ? std::move(line) : std::nullopt;
  }
  std::optional<SecretBytes> line;
  for (bool whole = false; !whole;) {
    // Before the question: what is typed at once is neither shown nor lost.
    const HiddenTyping hidden;
    std::fputs(prompt.c_str(), stderr);
    // A signal, as by Ctrl-C, waits until the terminal is as it was.
    whole = hidden.AwaitLine();
    if (whole) {
      line = ReadLine(kMaxPassphraseBytes + 1);
    }
  }
  std::fputs("\n", stderr);
  return line && line->size() <= kMaxPassphraseBytes ? std::move(line) : std::nullopt;
}

void StandardTerminal::ShowProgress(const std::string& text) {
  if (isatty(STDERR_FILENO) != 0) {
    std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
    std::fflush(stderr);
  }
}

void StandardTerminal::Warn(const std::string& text) { std::fputs(text.c_str(), stderr); }

void StandardTerminal::Show(const std::string& text) {
  std::FILE* const out = json_ ? stderr : stdout;
  std::fputs(text.c_str(), out);
  std::fflush(out);
}

}  // namespace twofactor
