#include "helperd/twofactord/livestore/ledger_maker.h"

#include <fcntl.h>

#include <cerrno>

#include "common/base/unique_fd.h"
#include "helperd/twofactord/livestore/mapped_file.h"

namespace twofactor {

Result<void> MakeLedger(const std::string& path, std::uint64_t store_id, WallTime birth,
                        const LoginSettings& settings, std::uint64_t slots,
                        std::span<const InitialUse> uses, WallTime latest_use) {
  auto file = MappedFile::Create(path, layout::WordsOffset(slots));
  if (!file) {
    return Fail(file.error());
  }
  auto& header = *static_cast<layout::LedgerHeader*>(file->address());
  header.file.magic = layout::kLedgerMagic;
  header.file.version = layout::kLedgerVersion;
  header.file.header_bytes = layout::kLedgerFixedBytes;
  header.file.store_id = store_id;
  header.birth = birth.time_since_epoch().count();
  header.consume_mode = layout::ConsumeMode::kCompareAndSwap;
  header.file.checksum = layout::ChecksumOf(header);
  header.settings[0] = EncodeSettings(settings, 1);
  header.latest_use.store(latest_use.time_since_epoch().count());
  for (const InitialUse& initial : uses) {
    void* start = static_cast<std::uint8_t*>(file->address()) + layout::WordsOffset(initial.slot);
    auto& words = *static_cast<layout::LedgerWords*>(start);
    words.use.store(initial.use.Pack());
    words.failures.store(initial.failures.Pack());
  }
  return file->Publish();
}

Result<void> GrowLedger(const std::string& path, std::uint64_t slots) {
  const UniqueFd file(open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!file.valid()) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "open " + path, errno));
  }
  const int error = posix_fallocate(file.get(), 0, static_cast<off_t>(layout::WordsOffset(slots)));
  if (error != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "make room for " + path, error));
  }
  return {};
}

}  // namespace twofactor
