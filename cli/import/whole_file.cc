#include "cli/import/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "cli/translate.h"
#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

constexpr std::size_t kFirstBytes = 64UL * 1024;

void Grow(SecretBytes& bytes, std::size_t size) {
  SecretBytes larger(size);
  std::copy(bytes.bytes().begin(), bytes.bytes().end(), larger.mutable_bytes().begin());
  bytes = std::move(larger);
}

}  // namespace

Result<SecretBytes> ReadToEnd(int descriptor, std::size_t most_bytes) {
  SecretBytes bytes(kFirstBytes);
  std::size_t size = 0;
  for (;;) {
    if (size == bytes.size()) {
      Grow(bytes, 2 * bytes.size());
    }
    const ssize_t count =
        read(descriptor, bytes.mutable_bytes().data() + size, bytes.size() - size);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return Fail(Error::FromErrno(
          errno == EISDIR ? ErrorCode::kInvalidParams : ErrorCode::kInternal, Say("read"), errno));
    }
    size += static_cast<std::size_t>(count);
    if (size > most_bytes) {
      return Fail(ErrorCode::kTooLarge, Say("has more than %1 bytes: divide it", most_bytes));
    }
    if (count == 0) {
      bytes.Truncate(size);
      return bytes;
    }
  }
}

Result<SecretBytes> ReadWholeFile(const std::string& path, std::size_t most_bytes) {
  UniqueFd file;
  if (path != "-") {
    file.Reset(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!file.valid()) {
      return Fail(Error::FromErrno(ErrorCode::kInvalidParams, Say("open %1", path), errno));
    }
  }
  auto bytes = ReadToEnd(path == "-" ? STDIN_FILENO : file.get(), most_bytes);
  return bytes ? std::move(bytes) : Fail(bytes.error().Under(path));
}

}  // namespace twofactor
