#ifndef TWOFACTOR_COMMON_BASE_SECRET_BYTES_H_
#define TWOFACTOR_COMMON_BASE_SECRET_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace twofactor {

// A fixed number of bytes that must not be read by accident: a secret, a key, a code, a password.
//
// It moves and does not copy (Clone does), compares in constant time, cannot be printed, and is
// overwritten when it is destroyed or moved from. It does not protect against a debugger, a core
// dump or swap: for those, the daemon locks its memory and forbids dumps.
//
// Thread-compatible: const members may be called from several threads at once.
class SecretBytes {
 public:
  SecretBytes() = default;
  // Makes `size` zero bytes, to be filled through mutable_bytes().
  explicit SecretBytes(std::size_t size);
  // Returns a copy of `bytes`. The caller must wipe the original.
  static SecretBytes CopyOf(std::span<const std::uint8_t> bytes);
  static SecretBytes CopyOf(std::string_view text);

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  SecretBytes Clone() const { return CopyOf(bytes()); }
  // Wipes and drops everything after the first `size` bytes. `size` is at most size().
  void Truncate(std::size_t size);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::span<const std::uint8_t> bytes() const { return {data_.get(), size_}; }
  std::span<std::uint8_t> mutable_bytes() { return {data_.get(), size_}; }
  // Returns the same bytes as text, valid while this object exists.
  std::string_view text() const;

  // Takes time that depends on the sizes alone.
  bool Equals(const SecretBytes& other) const;

 private:
  void Wipe();

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
};

// Compares in time that depends on the sizes alone.
bool EqualInConstantTime(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

// Overwrites memory. The compiler cannot optimize this away.
void WipeMemory(void* memory, std::size_t size);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_SECRET_BYTES_H_
