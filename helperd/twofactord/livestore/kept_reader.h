#ifndef TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_KEPT_READER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_KEPT_READER_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "common/livestore/reader.h"

namespace twofactor {

// The daemon's own view of the live store that it publishes, opened once and not for each call.
// Opens it again if the files were deleted or have grown. Not thread-safe.
class KeptReader {
 public:
  explicit KeptReader(RunPaths paths) : paths_(std::move(paths)) {}

  // Returns the reader, valid until the next call. `slots`: the number that the ledger has now.
  // Fails like LiveStoreReader::Open.
  Result<LiveStoreReader*> Get(std::uint64_t slots);

 private:
  RunPaths paths_;
  std::optional<LiveStoreReader> reader_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_KEPT_READER_H_
