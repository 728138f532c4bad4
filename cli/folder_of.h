#ifndef TWOFACTOR_CLI_FOLDER_OF_H_
#define TWOFACTOR_CLI_FOLDER_OF_H_

#include <string>

namespace twofactor {

// The folder that a path's last name is in, for open(2).
inline std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_FOLDER_OF_H_
