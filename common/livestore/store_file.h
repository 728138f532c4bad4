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

// Opens a file of the live store and checks it: it must be a regular file, not reached through a
// link, that belongs to root or to `owner` (the owner of the run directory) and that nobody else
// may access. The descriptor is close-on-exec, and none of the three standard ones. Fails with
// kUnavailable if there is no such file, kNotPermitted if we may not open it, kCorrupt if it is
// something else, kExhausted if descriptors or memory are short, kInternal otherwise. Thread-safe.
Result<UniqueFd> OpenStoreFile(const std::string& path, StoreAccess access, uid_t owner);

// Returns the owner of the run directory, who may own the files in it. Fails like OpenStoreFile.
Result<uid_t> OwnerOfDirectory(const std::string& directory);

// Fills `bytes` from `offset` in the file. Fails with kCorrupt if the file ends before.
// Thread-safe.
Result<void> ReadFully(int fd, std::uint64_t offset, std::span<std::uint8_t> bytes);

// Returns the size of the file in bytes. Fails with kInternal.
Result<std::uint64_t> SizeOf(int fd);

// Returns whether the open file still has a name, so that it was not replaced or deleted.
bool HasName(int fd);

// Reads the header of a live store file, which the caller checks with CheckFileHeader. Fails like
// ReadFully.
template <typename Header>
Result<void> ReadHeader(int fd, Header& header) {
  return ReadFully(fd, 0, layout::MutableBytesOf(header));
}

// Checks a header. `checksum` is that of its bytes. Fails with kUnknownVersion if the layout is
// another one (then ask the daemon), and with kCorrupt if the header is not as expected.
struct ExpectedHeader {
  std::uint64_t magic;
  std::uint32_t version;
  std::size_t header_bytes;
};
Result<void> CheckFileHeader(const layout::FileHeader& header, const ExpectedHeader& expected,
                             std::uint64_t checksum);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_STORE_FILE_H_
