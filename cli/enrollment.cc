#include "cli/enrollment.h"

#include "cli/qr_file.h"
#include "cli/translate.h"
#include "common/qr/otpauth_uri.h"
#include "common/qr/qr_code.h"

namespace twofactor {
namespace {

// On a line of its own, and parted between its groups where the terminal is narrow.
std::string WrappedGroups(const std::string& uri, int columns) {
  constexpr std::size_t kGroupAndBlank = 5;
  constexpr std::size_t kIndent = 2;
  const std::string groups = SecretInGroups(uri);
  const std::size_t room = columns < 0 ? 0 : static_cast<std::size_t>(columns);
  const std::size_t most =
      room < kIndent + 2 * kGroupAndBlank ? 1 : (room - kIndent + 1) / kGroupAndBlank;
  std::string text;
  for (std::size_t at = 0; at < groups.size(); at += most * kGroupAndBlank) {
    text += "  " + groups.substr(at, most * kGroupAndBlank - 1) + "\n";
  }
  return text;
}

// Why there is no picture on this terminal; empty where there is one.
std::string WhyNoPicture(const Terminal& terminal, const QrCode& code) {
  if (!terminal.ShowsUnicode()) {
    return Say(
        "This terminal cannot show a QR code, which needs a UTF-8 locale and a TERM other than "
        "dumb. Type the secret, or use --png or --svg.\n");
  }
  if (terminal.Columns() < TerminalColumnsOf(code)) {
    return Say(
        "This terminal is too narrow for the QR code, which needs %1 columns. Type the secret, or "
        "use --png or --svg.\n",
        TerminalColumnsOf(code));
  }
  return {};
}

}  // namespace

Result<void> ShowSecret(const CliArguments& arguments, Terminal& terminal, const std::string& uri,
                        std::int64_t digits, std::int64_t interval) {
  const bool counts = uri.starts_with("otpauth://hotp/");
  terminal.Show(
      Say("New secret:\n") + WrappedGroups(uri, terminal.Columns()) +
      (counts
           ? Say("It makes codes of %1 digits, a new one each time it is asked.\n", digits)
           : Say("It makes codes of %1 digits, a new one every %2 seconds.\n", digits, interval)));
  if (arguments.no_qr && arguments.picture().empty()) {
    return {};
  }
  const auto code = MakeQrCode(uri);
  if (!code) {
    return Fail(code.error());
  }
  if (!arguments.picture().empty()) {
    const auto write = arguments.png.empty() ? WriteSvg : WritePng;
    if (auto written = write(*code, arguments.picture(), arguments.force); !written) {
      return written;
    }
    terminal.Show(Say("QR code: %1 (delete the file after scanning it)\n", arguments.picture()));
    return {};
  }
  const std::string why = WhyNoPicture(terminal, *code);
  terminal.Show(why.empty() ? ToTerminal(*code, terminal.UsesColour()) : why);
  return {};
}

}  // namespace twofactor
