#ifndef TWOFACTOR_TESTS_SUPPORT_TEMP_DIRECTORY_H_
#define TWOFACTOR_TESTS_SUPPORT_TEMP_DIRECTORY_H_

#include <string>

namespace twofactor {

// A directory of a test's own, mode 0755, removed with all that is in it.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Writes `text` to a file, for the owner alone.
void WriteFile(const std::string& path, const std::string& text);
std::string ReadFile(const std::string& path);

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_SUPPORT_TEMP_DIRECTORY_H_
