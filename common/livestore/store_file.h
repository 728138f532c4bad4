#ifndef TWOFACTOR_COMMON_LIVESTORE_STORE_FILE_H_
#define TWOFACTOR_COMMON_LIVESTORE_STORE_FILE_H_

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>

#include "common/base/result.h"
#include "common/base/unique_fd.h"
#include "common/livestore/layout.h"

namespace twofactor {

enum class StoreAccess { kRead, kReadWrite };

// Opens a file of the live store and checks that it is one: a regular file, not reached through a
// link, owned by root or by `owner` (the owner of the run directory), with no rights for anybody
// else. Close-on-exec, and none of the three standard descriptors. Fails with kUnavailable where it
// is not there, kNotPermitted where it is not ours to open, kCorrupt where it is something else,
// kExhausted for want of descriptors or memory, kInternal. Thread-safe.
Result<UniqueFd> OpenStoreFile(const std::string& path, StoreAccess access, uid_t owner);

// The owner of the run directory, whom the files in it may belong to. Fails as OpenStoreFile does.
Result<uid_t> OwnerOfDirectory(const std::string& directory);

// Fills `bytes` from `offset` of the file. Fails with kCorrupt where the file ends before.
// Thread-safe.
Result<void> ReadFully(int fd, std::uint64_t offset, std::span<std::uint8_t> bytes);

// The size of the file in bytes. Fails with kInternal.
Result<std::uint64_t> SizeOf(int fd);

// Has the open file a name still, so that it is not one that was replaced or deleted?
bool HasName(int fd);

// The header of a live store file, whose fields the caller checks against its own checksum with
// CheckFileHeader. Same failures as ReadFully.
template <typename Header>
Result<void> ReadHeader(int fd, Header& header) {
  return ReadFully(fd, 0, layout::MutableBytesOf(header));
}

// Fails with kUnknownVersion where the layout is another one (whoever meets it asks the daemon),
// with kCorrupt where the header is not the expected one. `checksum` is what the header's bytes
// give.
struct ExpectedHeader {
  std::uint64_t magic;
  std::uint32_t version;
  std::size_t header_bytes;
};
Result<void> CheckFileHeader(const layout::FileHeader& header, const ExpectedHeader& expected,
                             std::uint64_t checksum);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_STORE_FILE_H_
