#ifndef TWOFACTOR_CLI_STACK_STACK_FILE_H_
#define TWOFACTOR_CLI_STACK_STACK_FILE_H_

#include <string>

#include "common/base/result.h"

namespace twofactor {

// The file of a service in /etc/pam.d of a tree, and its backup beside it. A login meanwhile sees
// the old file or the new one, whole.
class StackFile {
 public:
  StackFile(const std::string& root, const std::string& service);

  // As people know it: "/etc/pam.d/cups".
  const std::string& path() const { return path_; }
  const std::string& backup() const { return backup_; }

  // Puts `text` in the place of `before`, durably, with owner and mode of the file that is there
  // (root's and 0644 where there is none). The first time it keeps what was there as the backup,
  // which is never overwritten; where there was no file, that is an empty one. Fails with kConflict
  // where the file is a link or is not `before` any more, kNotPermitted where the caller may not,
  // kUnavailable where it cannot be written. Nothing is changed then, but the backup may be there.
  Result<void> Write(const std::string& before, const std::string& text) const;

  // Puts the backup back, or takes the file away where the backup is empty. Fails with kConflict
  // where there is no backup, else as Write does.
  Result<void> Undo() const;

 private:
  Result<void> Keep() const;

  std::string path_;
  std::string backup_;
  std::string file_;         // With the root.
  std::string backup_file_;  // With the root.
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_STACK_STACK_FILE_H_
