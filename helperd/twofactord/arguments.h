#ifndef TWOFACTOR_HELPERD_TWOFACTORD_ARGUMENTS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_ARGUMENTS_H_

#include <string>
#include <string_view>

#include "common/base/paths.h"

namespace twofactor {

// What twofactord(8) is started with.
struct Arguments {
  enum class Action { kServe, kCheckConfig, kNewVault, kShowHelp, kShowVersion, kUsageError };

  Action action = Action::kServe;
  bool foreground = false;
  std::string config_file{kDefaultConfigFile};
};

Arguments ParseArguments(int argc, char** argv);

extern const std::string_view kUsage;

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_ARGUMENTS_H_
