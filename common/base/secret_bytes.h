#ifndef TWOFACTOR_COMMON_BASE_SECRET_BYTES_H_
#define TWOFACTOR_COMMON_BASE_SECRET_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace twofactor {

// A fixed number of bytes that nobody may read by accident: a secret, a key, a code, a password.
//
// It moves and does not copy (Clone says so aloud), compares in constant time, has no way to be
// printed, and is overwritten when it dies or is moved from. It does not protect against a
// debugger, a core dump or swap: the daemon locks its memory and forbids dumps for that.
//
// Thread-compatible: const members may be called from several threads at once.
class SecretBytes {
 public:
  SecretBytes() = default;
  // `size` zero bytes, to be filled through mutable_bytes().
  explicit SecretBytes(std::size_t size);
  // A copy of `bytes`; the caller's own copy stays the caller's to wipe.
  static SecretBytes CopyOf(std::span<const std::uint8_t> bytes);
  static SecretBytes CopyOf(std::string_view text);

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  SecretBytes Clone() const { return CopyOf(bytes()); }
  // Drops everything after the first `size` bytes, wiping them. `size` is at most size().
  void Truncate(std::size_t size);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::span<const std::uint8_t> bytes() const { return {data_.get(), size_}; }
  std::span<std::uint8_t> mutable_bytes() { return {data_.get(), size_}; }
  // The same bytes as text, valid as long as this object is.
  std::string_view text() const;

  // In time that depends on the sizes alone.
  bool Equals(const SecretBytes& other) const;

 private:
  void Wipe();

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
};

// Compares in time that depends on the sizes alone.
bool EqualInConstantTime(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

// Overwrites memory in a way that the compiler may not leave out.
void WipeMemory(void* memory, std::size_t size);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_SECRET_BYTES_H_
