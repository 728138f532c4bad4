#include "common/base/paths.h"

#include <utility>

namespace twofactor {

RunPaths::RunPaths(std::string directory) : directory_(std::move(directory)) {}

StatePaths::StatePaths(std::string directory) : directory_(std::move(directory)) {}

}  // namespace twofactor
