#include "cli/enrollment.h"

#include "cli/otpauth_uri.h"
#include "cli/qr_code.h"

namespace twofactor {

Result<void> ShowSecret(const CliArguments& arguments, Terminal& terminal, const std::string& uri,
                        int digits, int interval) {
  const auto code = MakeQrCode(uri);
  if (!code) {
    return Fail(code.error());
  }
  terminal.Show("New secret: " + SecretInGroups(uri) + "\n" + "It makes codes of " +
                std::to_string(digits) + " digits, a new one every " + std::to_string(interval) +
                " seconds.\n");
  if (!arguments.png.empty()) {
    if (const auto written = WritePng(*code, arguments.png, arguments.force); !written) {
      return written;
    }
    terminal.Show("QR picture: " + arguments.png + " (delete it when it is scanned)\n");
  }
  if (arguments.no_qr || !arguments.png.empty()) {
    return {};
  }
  if (terminal.Columns() < TerminalColumnsOf(*code)) {
    terminal.Show("This terminal is too narrow for the QR picture (" +
                  std::to_string(TerminalColumnsOf(*code)) +
                  " columns are needed): type the secret in, or use --png.\n");
    return {};
  }
  terminal.Show(ToTerminal(*code));
  return {};
}

}  // namespace twofactor
