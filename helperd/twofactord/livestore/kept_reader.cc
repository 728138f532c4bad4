#include "helperd/twofactord/livestore/kept_reader.h"

namespace twofactor {

Result<LiveStoreReader*> KeptReader::Get(std::uint64_t slots) {
  if (!reader_ || !reader_->IsCurrent() || reader_->ledger().slots() < slots) {
    reader_.reset();
    auto opened = LiveStoreReader::Open(paths_, LedgerExtent::kWhole);
    if (!opened) {
      return Fail(opened.error());
    }
    reader_.emplace(std::move(*opened));
  }
  return &*reader_;
}

}  // namespace twofactor
