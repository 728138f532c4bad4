#include "cli/terminal.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace twofactor {
namespace {

constexpr std::size_t kMaxLineBytes = 256;

// A terminal with more than letters: TERM is "dumb" in editors' shells and for some screen readers.
bool Draws(int descriptor) {
  const char* const kind = std::getenv("TERM");
  return isatty(descriptor) != 0 && kind != nullptr && std::string_view(kind) != "dumb";
}

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
  SecretBytes line(kMaxLineBytes);
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

void StandardTerminal::Show(const std::string& text) {
  std::FILE* const out = json_ ? stderr : stdout;
  std::fputs(text.c_str(), out);
  std::fflush(out);
}

}  // namespace twofactor
