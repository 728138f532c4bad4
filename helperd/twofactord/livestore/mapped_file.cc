#include "helperd/twofactord/livestore/mapped_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <boost/interprocess/mapped_region.hpp>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

namespace bip = boost::interprocess;

class OpenedFile {
 public:
  explicit OpenedFile(int fd) : handle_{fd, false} {}
  bip::mapping_handle_t get_mapping_handle() const { return handle_; }

 private:
  bip::mapping_handle_t handle_;
};

Result<bip::mapped_region> Map(int fd, std::uint64_t bytes, const std::string& path) {
  try {
    return bip::mapped_region(OpenedFile(fd), bip::read_write, 0, bytes);
  } catch (const bip::interprocess_exception& error) {
    return Fail(ErrorCode::kUnavailable, "map " + path + ": " + error.what());
  }
}

Result<void> Allocate(int fd, std::uint64_t bytes, const std::string& path) {
  const int error = posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  if (error != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "make room for " + path, error));
  }
  return {};
}

}  // namespace

struct MappedFile::State {
  std::string path;
  UniqueFd file;
  bip::mapped_region region;
};

MappedFile::MappedFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
MappedFile::MappedFile(MappedFile&&) noexcept = default;
MappedFile& MappedFile::operator=(MappedFile&&) noexcept = default;
MappedFile::~MappedFile() = default;

Result<MappedFile> MappedFile::Create(const std::string& path, std::uint64_t bytes) {
  const std::string temporary = path + ".new";
  unlink(temporary.c_str());
  UniqueFd file(open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "make " + temporary, errno));
  }
  if (const auto allocated = Allocate(file.get(), bytes, temporary); !allocated) {
    return Fail(allocated.error());
  }
  auto region = Map(file.get(), bytes, temporary);
  if (!region) {
    return Fail(region.error());
  }
  return MappedFile(std::make_unique<State>(State{path, std::move(file), std::move(*region)}));
}

Result<void> MappedFile::Publish() {
  // A process that finds the file by its name must find everything that was written before.
  std::atomic_thread_fence(std::memory_order_release);
  const std::string temporary = state_->path + ".new";
  if (rename(temporary.c_str(), state_->path.c_str()) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "publish " + state_->path, errno));
  }
  return {};
}

Result<void> MappedFile::GrowTo(std::uint64_t bytes) {
  if (const auto allocated = Allocate(state_->file.get(), bytes, state_->path); !allocated) {
    return allocated;
  }
  auto region = Map(state_->file.get(), bytes, state_->path);
  if (!region) {
    return Fail(region.error());
  }
  state_->region = std::move(*region);
  return {};
}

void* MappedFile::address() const { return state_->region.get_address(); }
std::uint64_t MappedFile::size() const { return state_->region.get_size(); }

}  // namespace twofactor
