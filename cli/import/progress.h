#ifndef TWOFACTOR_CLI_IMPORT_PROGRESS_H_
#define TWOFACTOR_CLI_IMPORT_PROGRESS_H_

#include <cstddef>

namespace twofactor {

// One line on standard error that counts, gone when this dies; nothing where that is no terminal.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Tell(std::size_t done, std::size_t of);

 private:
  bool shows_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_PROGRESS_H_
