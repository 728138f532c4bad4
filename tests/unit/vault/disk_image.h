#ifndef TWOFACTOR_TESTS_UNIT_VAULT_DISK_IMAGE_H_
#define TWOFACTOR_TESTS_UNIT_VAULT_DISK_IMAGE_H_

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/vault/recording_vfs.h"

namespace twofactor {

// What a disk may hold of a database's files when the power fails: everything that was synced, and
// of what was not, any sectors of 512 bytes. A file that was deleted may be there again, until the
// directory was synced: SQLite does so with the first sync of a journal or a log that it has made.
class DiskImage {
 public:
  void Apply(const FileOperation& operation);

  enum class Unsynced { kAllKept, kAllLost, kAnySectors };
  // The files, by the suffix of their name.
  std::map<std::string, std::string> PowerFails(Unsynced unsynced, std::mt19937& random) const;

 private:
  void SyncDirectory();

  struct File {
    std::optional<std::string> durable;
    std::vector<FileOperation> pending;
    std::optional<std::string> deleted;  // What is back if the deletion is lost.
  };
  std::map<std::string, File> files_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_VAULT_DISK_IMAGE_H_
