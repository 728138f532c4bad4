#ifndef TWOFACTOR_CLI_BACKUP_FILE_H_
#define TWOFACTOR_CLI_BACKUP_FILE_H_

#include <optional>
#include <string>
#include <utility>

#include "common/base/result.h"
#include "common/base/unique_fd.h"

// The file of a backup, line by line; its name is "-" for standard output or input.
namespace twofactor {

// A new file that is there once it is whole and on disk, for its owner alone, or not at all.
class BackupFileWriter {
 public:
  // Nothing is written yet. Fails with kConflict where something has that name and `replace` is not
  // set, or it is no regular file; else with kInternal.
  static Result<BackupFileWriter> Open(const std::string& path, bool replace);
  BackupFileWriter(BackupFileWriter&& other) noexcept;
  BackupFileWriter& operator=(BackupFileWriter&&) = delete;
  // Takes away what was not finished.
  ~BackupFileWriter();

  // These fail with kInternal, Finish also with kConflict where the name was taken meanwhile.
  Result<void> WriteLine(const std::string& line);
  Result<void> Finish();

 private:
  BackupFileWriter(std::string path, bool replace) : path_(std::move(path)), replace_(replace) {}

  std::string path_;
  bool replace_;
  std::string temporary_;  // Empty for standard output.
  UniqueFd file_;
};

class BackupFileReader {
 public:
  // Fails with kInvalidParams.
  static Result<BackupFileReader> Open(const std::string& path);

  // The next line without its end; none at the end of the file. Fails with kCorrupt for a line
  // without an end, or one that is longer than any of a backup.
  Result<std::optional<std::string>> ReadLine();

 private:
  explicit BackupFileReader(UniqueFd file) : file_(std::move(file)) {}

  UniqueFd file_;
  std::string buffered_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_BACKUP_FILE_H_
