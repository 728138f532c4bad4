#ifndef TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_INDEX_WRITER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_INDEX_WRITER_H_

#include <cstdint>
#include <string>

#include "common/base/result.h"
#include "common/livestore/layout.h"
#include "helperd/twofactord/livestore/mapped_file.h"

namespace twofactor {

// Writes the index (layout.h). Readers may look at any moment: an entry is added with its hash
// last, and removed by its hash. Not thread-safe: one writer.
class IndexWriter {
 public:
  // Makes a new index with room for `entries` and as many more, not yet published. Fails like
  // MappedFile.
  static Result<IndexWriter> Create(const std::string& path, std::uint64_t store_id,
                                    std::uint64_t entries);

  Result<void> Publish() { return file_.Publish(); }
  // Makes room for `more` entries. Before more than half of the places are used, makes and
  // publishes a larger index; if that fails, nothing changes.
  Result<void> Reserve(std::uint64_t more);
  // Adds an entry, unless it is there already. Fails like Reserve, and not after it.
  Result<void> Insert(std::uint64_t hash, std::uint64_t slot);
  // Returns the number of different hashes.
  std::uint64_t names() const { return names_; }
  // Removes the entry, if it is there.
  void Remove(std::uint64_t hash, std::uint64_t slot);

 private:
  IndexWriter(MappedFile file, std::string path, std::uint64_t store_id, std::uint64_t capacity);

  layout::IndexEntry* entries() const;
  bool Holds(std::uint64_t hash) const;
  void Place(std::uint64_t hash, std::uint64_t slot);
  Result<void> Rebuild(std::uint64_t more);

  MappedFile file_;
  std::string path_;
  std::uint64_t store_id_;
  std::uint64_t capacity_;
  std::uint64_t used_ = 0;   // Places that are no longer empty.
  std::uint64_t live_ = 0;   // Those of them that hold an entry.
  std::uint64_t names_ = 0;  // The different hashes of those.
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_INDEX_WRITER_H_
