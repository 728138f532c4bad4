#include "helperd/twofactord/arguments.h"

#include <getopt.h>

#include <array>

namespace twofactor {

const std::string_view kUsage =
    "Usage: twofactord [--config FILE] [--foreground]\n"
    "       twofactord --check-config | --new-vault [--config FILE]\n"
    "\n"
    "Owns the second factors of this machine's users. systemd starts it (twofactord.service).\n"
    "\n"
    "  --config FILE    the configuration, else /etc/twofactor/twofactord.conf\n"
    "  --foreground     without systemd: make the sockets, start twofactor-accounts, drop rights\n"
    "  --check-config   say whether the configuration is well-formed, and end\n"
    "  --new-vault      let the next start make an empty vault where there is none, and end\n"
    "  --help, --version\n"
    "\n"
    "See twofactord(8) and twofactord.conf(5).\n";

Arguments ParseArguments(int argc, char** argv) {
  const std::array options = {option{"config", required_argument, nullptr, 'c'},
                              option{"foreground", no_argument, nullptr, 'f'},
                              option{"check-config", no_argument, nullptr, 'k'},
                              option{"new-vault", no_argument, nullptr, 'n'},
                              option{"help", no_argument, nullptr, 'h'},
                              option{"version", no_argument, nullptr, 'v'},
                              option{nullptr, 0, nullptr, 0}};
  Arguments arguments;
  for (;;) {
    switch (getopt_long(argc, argv, "h", options.data(), nullptr)) {
      case -1:
        if (optind != argc) {
          arguments.action = Arguments::Action::kUsageError;
        }
        return arguments;
      case 'c':
        arguments.config_file = optarg;
        break;
      case 'f':
        arguments.foreground = true;
        break;
      case 'k':
        arguments.action = Arguments::Action::kCheckConfig;
        break;
      case 'n':
        arguments.action = Arguments::Action::kNewVault;
        break;
      case 'h':
        arguments.action = Arguments::Action::kShowHelp;
        return arguments;
      case 'v':
        arguments.action = Arguments::Action::kShowVersion;
        return arguments;
      default:
        arguments.action = Arguments::Action::kUsageError;
        return arguments;
    }
  }
}

}  // namespace twofactor
