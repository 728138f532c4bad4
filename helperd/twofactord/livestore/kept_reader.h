#ifndef TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_KEPT_READER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_KEPT_READER_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "common/livestore/reader.h"

namespace twofactor {

// The daemon's own view of the live store that it publishes, opened once and not for each call. It
// is opened anew where somebody took the files away, or they have grown. Not synchronised.
class KeptReader {
 public:
  explicit KeptReader(RunPaths paths) : paths_(std::move(paths)) {}

  // `slots`: how many the ledger has now. What it gives holds until the next call. Fails as
  // LiveStoreReader::Open does.
  Result<LiveStoreReader*> Get(std::uint64_t slots);

 private:
  RunPaths paths_;
  std::optional<LiveStoreReader> reader_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_KEPT_READER_H_
