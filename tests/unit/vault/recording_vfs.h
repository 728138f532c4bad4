#ifndef TWOFACTOR_TESTS_UNIT_VAULT_RECORDING_VFS_H_
#define TWOFACTOR_TESTS_UNIT_VAULT_RECORDING_VFS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace twofactor {

// One thing that SQLite did to a file of a database.
struct FileOperation {
  enum class Kind {
    kWrite,
    kTruncate,       // To `offset` bytes.
    kSync,           // What was done to this file before is on the disk.
    kDelete,         // Lost with the power, or not.
    kDurableDelete,  // The directory was synced with it.
  } kind;
  std::string suffix;  // Of the file's name: empty, "-wal" or "-journal".
  std::uint64_t offset = 0;
  std::string bytes = {};
};

// Makes all databases of this process use a VFS that notes what is done to the files of the one at
// `path`, in order, and does it; only the syncs are left out, which a test need not wait for. For
// as long as it lives. One at a time, one thread.
class RecordingVfs {
 public:
  explicit RecordingVfs(const std::string& path);
  ~RecordingVfs();
  RecordingVfs(const RecordingVfs&) = delete;
  RecordingVfs& operator=(const RecordingVfs&) = delete;

  const std::vector<FileOperation>& operations() const { return operations_; }
  // Called by the VFS; a file of another database is not noted.
  void Note(FileOperation operation, const std::string& path);

 private:
  std::string path_;
  std::vector<FileOperation> operations_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_VAULT_RECORDING_VFS_H_
