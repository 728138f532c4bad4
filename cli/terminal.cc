#include "cli/terminal.h"

#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cli/translate.h"
#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

constexpr std::size_t kMaxTypedBytes = 256;

// How long a script may take to answer before it is told that an answer is awaited.
constexpr int kPatienceMs = 1000;

std::string_view KindOfTerminal() {
  const char* const kind = std::getenv("TERM");
  return kind == nullptr ? "dumb" : kind;
}

// A terminal with more than letters: TERM is "dumb" in editors' shells and for some screen readers.
bool Draws(int descriptor) { return isatty(descriptor) != 0 && KindOfTerminal() != "dumb"; }

// DEC's terminals and those that are called so have no colors, and show the codes as garbage.
bool KnowsColors(std::string_view kind) {
  const bool dec = kind.size() > 2 && kind.starts_with("vt") && std::isdigit(kind[2]) != 0;
  return !dec && !kind.ends_with("-m") && !kind.ends_with("-mono") && kind != "unknown";
}

bool NamesUtf8(std::string_view locale) {
  std::string codeset(locale.substr(std::min(locale.find('.') + 1, locale.size())));
  codeset = codeset.substr(0, codeset.find('@'));
  return strcasecmp(codeset.c_str(), "UTF-8") == 0 || strcasecmp(codeset.c_str(), "UTF8") == 0;
}

// As setlocale(3) looks for it.
std::string_view NamedLocale() {
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value != nullptr && *value != '\0') {
      return value;
    }
  }
  return {};
}

// Sets aside room for what a change shows. None where that cannot be known beforehand.
int ErrorOfOutput(int descriptor) {
  constexpr off_t kRoomBytes = 64L * 1024;
  struct stat found {};
  if (fstat(descriptor, &found) != 0 || (fcntl(descriptor, F_GETFL) & O_ACCMODE) == O_RDONLY) {
    return EBADF;
  }
  pollfd output{descriptor, POLLOUT, 0};
  if (poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
    return EPIPE;
  }
  if (S_ISREG(found.st_mode)) {
    const off_t end = (fcntl(descriptor, F_GETFL) & O_APPEND) != 0
                          ? found.st_size
                          : std::max<off_t>(lseek(descriptor, 0, SEEK_CUR), 0);
    const bool full = fallocate(descriptor, FALLOC_FL_KEEP_SIZE, end, kRoomBytes) != 0 &&
                      (errno == ENOSPC || errno == EDQUOT || errno == EFBIG);
    return full ? errno : 0;
  }
  // Such as /dev/full; a blank is none to JSON, and nobody reads it from /dev/null.
  const bool device = S_ISCHR(found.st_mode) && isatty(descriptor) == 0;
  return device && write(descriptor, " ", 1) < 0 ? errno : 0;
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
  return Draws(OutputDescriptor()) && KnowsColors(KindOfTerminal()) &&
         (forbidden == nullptr || *forbidden == '\0');
}

bool StandardTerminal::ShowsUnicode() const {
  return Draws(OutputDescriptor()) && std::string_view(nl_langinfo(CODESET)) == "UTF-8";
}

std::optional<SecretBytes> StandardTerminal::Ask(const std::string& prompt) {
  std::fflush(stdout);
  if (IsInteractive()) {
    std::fputs(prompt.c_str(), stderr);
    return ReadLine(kMaxTypedBytes);
  }
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (poll(&input, 1, kPatienceMs) == 0) {
    std::fputs((prompt + "\n" +
                Say("Waiting for this on standard input, which is not a terminal (use 'ssh -t HOST "
                    "twofactorctl ...' to get one).\n"))
                   .c_str(),
               stderr);
  }
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
  const bool written = std::fputs(text.c_str(), out) >= 0 && std::fflush(out) == 0;
  failed_ = written || failed_ != 0 ? failed_ : errno;
}

Result<void> StandardTerminal::CheckOutput() {
  // The result itself is written to standard output.
  const int failed = failed_ != 0 ? failed_ : ErrorOfOutput(STDOUT_FILENO);
  return failed == 0 ? Result<void>()
                     : Fail(Error::FromErrno(ErrorCode::kInternal,
                                             Say("the output cannot be written"), failed));
}

Result<void> Confirm(Terminal& terminal, bool has_yes, const std::string& question) {
  if (has_yes) {
    return {};
  }
  const auto answer = terminal.IsInteractive() ? terminal.Ask(question) : std::nullopt;
  return answer && SaysYes(answer->text())
             ? Result<void>()
             : Fail(ErrorCode::kConflict,
                    Say("nothing was changed (use --yes to skip the question)"));
}

void TakeLocaleOfTerminal() {
  if (std::setlocale(LC_CTYPE, "") == nullptr && NamesUtf8(NamedLocale())) {
    std::setlocale(LC_CTYPE, "C.UTF-8");
  }
}

}  // namespace twofactor
