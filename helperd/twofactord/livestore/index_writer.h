#ifndef TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_INDEX_WRITER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_INDEX_WRITER_H_

#include <cstdint>
#include <string>

#include "common/base/result.h"
#include "common/livestore/layout.h"
#include "helperd/twofactord/livestore/mapped_file.h"

namespace twofactor {

// Writes the index (layout.h). Readers may look at any moment: an entry is put in with its hash
// last, and taken out by its hash. Not synchronised: one writer.
class IndexWriter {
 public:
  // A new index with room for `entries` and as many more, not yet published. Fails as MappedFile
  // does.
  static Result<IndexWriter> Create(const std::string& path, std::uint64_t store_id,
                                    std::uint64_t entries);

  Result<void> Publish() { return file_.Publish(); }
  // Makes sure that `more` entries fit beside those that are in it. Before more than half of the
  // places are used, a larger index is made and published; on its failure nothing has changed.
  Result<void> Reserve(std::uint64_t more);
  // Puts an entry in, unless it is there already. Fails as Reserve does, and not after it.
  Result<void> Insert(std::uint64_t hash, std::uint64_t slot);
  // How many different hashes are in it.
  std::uint64_t names() const { return names_; }
  // Takes the entry out, if it is there.
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
  std::uint64_t live_ = 0;   // Of them, those that hold an entry.
  std::uint64_t names_ = 0;  // Different hashes among those.
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_INDEX_WRITER_H_
