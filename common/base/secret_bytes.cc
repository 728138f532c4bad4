#include "common/base/secret_bytes.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace twofactor {

SecretBytes::SecretBytes(std::size_t size)
    : data_(size == 0 ? nullptr : std::make_unique<std::uint8_t[]>(size)), size_(size) {}

SecretBytes SecretBytes::CopyOf(std::span<const std::uint8_t> bytes) {
  SecretBytes copy(bytes.size());
  std::copy(bytes.begin(), bytes.end(), copy.data_.get());
  return copy;
}

SecretBytes SecretBytes::CopyOf(std::string_view text) {
  SecretBytes copy(text.size());
  std::copy(text.begin(), text.end(), copy.data_.get());
  return copy;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    Wipe();
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

SecretBytes::~SecretBytes() { Wipe(); }

void SecretBytes::Truncate(std::size_t size) {
  WipeMemory(data_.get() + size, size_ - size);
  size_ = size;
}

std::string_view SecretBytes::text() const {
  const void* start = data_.get();
  return {static_cast<const char*>(start), size_};
}

bool SecretBytes::Equals(const SecretBytes& other) const {
  return EqualInConstantTime(bytes(), other.bytes());
}

void SecretBytes::Wipe() { WipeMemory(data_.get(), size_); }

bool EqualInConstantTime(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  if (a.size() != b.size()) {
    return false;
  }
  // Volatile, so that the compiler does not turn the loop into a comparison that stops at the first
  // difference.
  volatile std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

void WipeMemory(void* memory, std::size_t size) {
  if (memory != nullptr && size != 0) {
    explicit_bzero(memory, size);
  }
}

}  // namespace twofactor
