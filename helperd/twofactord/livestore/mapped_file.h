#ifndef TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_MAPPED_FILE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_MAPPED_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/result.h"

namespace twofactor {

// A file of the live store that the daemon makes under a temporary name until it is complete, and
// then keeps mapped for writing.
//
// It never gets smaller, and its pages are allocated before they are mapped, so that a full tmpfs
// is an error here and not a SIGBUS. Not thread-safe.
class MappedFile {
 public:
  // Makes a file of `bytes` zero bytes at "<path>.new", mode 0600, replacing what a killed daemon
  // left there. Fails with kUnavailable, naming the step.
  static Result<MappedFile> Create(const std::string& path, std::uint64_t bytes);

  MappedFile(MappedFile&&) noexcept;
  MappedFile& operator=(MappedFile&&) noexcept;
  ~MappedFile();

  // Gives the file its name. The file that had it before stays valid for those who have it open.
  Result<void> Publish();
  // Extends the file with zero bytes and maps all of it; earlier addresses are no longer valid. If
  // it fails, nothing changes.
  Result<void> GrowTo(std::uint64_t bytes);

  void* address() const;
  std::uint64_t size() const;

 private:
  struct State;
  explicit MappedFile(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_LIVESTORE_MAPPED_FILE_H_
