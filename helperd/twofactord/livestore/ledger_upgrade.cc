#include "helperd/twofactord/livestore/ledger_upgrade.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <vector>

#include "common/livestore/layout.h"
#include "common/livestore/settings.h"
#include "common/livestore/store_file.h"
#include "helperd/twofactord/livestore/ledger_maker.h"

namespace twofactor {
namespace {

using WordsOfOneBudget = std::array<std::uint64_t, 2>;

// The part of the header that is needed: everything but the padding.
struct FormerHeader {
  layout::FileHeader file;
  std::int64_t birth;
  layout::ConsumeMode consume_mode;
  std::array<std::uint8_t, 84> padding;
  std::array<layout::SettingsCopy, 2> settings;
  std::int64_t latest_use;
};
static_assert(offsetof(FormerHeader, settings) == layout::kLedgerFixedBytes);
static_assert(offsetof(FormerHeader, latest_use) == offsetof(layout::LedgerHeader, latest_use));

std::uint64_t ChecksumOfFormer(const FormerHeader& header) {
  constexpr std::size_t kField = sizeof header.file.checksum;
  return layout::Checksum(
      0, layout::BytesOf(header).subspan(kField, layout::kLedgerFixedBytes - kField));
}

Result<FormerHeader> ReadFormerHeader(int fd) {
  FormerHeader header{};
  if (const auto read = ReadFully(fd, 0, layout::MutableBytesOf(header)); !read) {
    return Fail(read.error());
  }
  const auto checked = CheckFileHeader(
      header.file, {layout::kLedgerMagic, kLedgerVersionOfOneBudget, layout::kLedgerFixedBytes},
      ChecksumOfFormer(header));
  return checked ? Result<FormerHeader>(header) : Fail(checked.error());
}

Result<std::vector<InitialUse>> ReadFormerWords(int fd) {
  const auto size = SizeOf(fd);
  if (!size || *size < layout::kHeaderPageBytes) {
    return size ? Fail(ErrorCode::kCorrupt, "the ledger has an impossible size")
                : Fail(size.error());
  }
  std::vector<InitialUse> uses;
  std::array<WordsOfOneBudget, layout::kHeaderPageBytes / sizeof(WordsOfOneBudget)> page{};
  for (std::uint64_t offset = layout::kHeaderPageBytes; offset + sizeof page <= *size;
       offset += sizeof page) {
    if (const auto read = ReadFully(fd, offset, layout::MutableBytesOf(page)); !read) {
      return Fail(read.error());
    }
    for (const WordsOfOneBudget& words : page) {
      uses.push_back(
          {uses.size(), layout::UseWord::Unpack(words[0]), layout::FailuresWord::Unpack(words[1])});
    }
  }
  return uses;
}

}  // namespace

Result<void> UpgradeLedger(const RunPaths& paths, uid_t owner) {
  const auto file = OpenStoreFile(paths.Ledger(), StoreAccess::kReadWrite, owner);
  if (!file) {
    return Fail(file.error());
  }
  const auto header = ReadFormerHeader(file->get());
  if (!header) {
    return Fail(header.error());
  }
  const auto settings = DecodeSettings(header->settings);
  if (!settings) {
    return Fail(ErrorCode::kCorrupt, "the ledger's settings are damaged");
  }
  if (unlink(paths.Ledger().c_str()) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "remove " + paths.Ledger(), errno));
  }
  // Pairs with Ledger::Consume: from here on, the words contain everything that was granted.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const auto uses = ReadFormerWords(file->get());
  if (!uses) {
    return Fail(uses.error());
  }
  return MakeLedger(paths.Ledger(), header->file.store_id,
                    WallTime(std::chrono::seconds(header->birth)), *settings, uses->size(), *uses,
                    WallTime(std::chrono::seconds(header->latest_use)));
}

}  // namespace twofactor
