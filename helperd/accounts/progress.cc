#include "helperd/accounts/progress.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace twofactor {
namespace {

constexpr std::size_t kPageBytes = Progress::kMaxStepBytes + 1;

void Unmap(char* page) {
  if (page != nullptr) {
    munmap(page, kPageBytes);
  }
}

}  // namespace

Progress::Progress() : page_(nullptr) {
  void* page = mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page != MAP_FAILED) {
    page_ = static_cast<char*>(page);
  }
}

Progress::Progress(Progress&& other) noexcept : page_(std::exchange(other.page_, nullptr)) {}

Progress& Progress::operator=(Progress&& other) noexcept {
  if (this != &other) {
    Unmap(page_);
    page_ = std::exchange(other.page_, nullptr);
  }
  return *this;
}

Progress::~Progress() { Unmap(page_); }

void Progress::Enter(std::string_view step) {
  if (page_ != nullptr) {
    const std::size_t size = std::min(step.size(), kMaxStepBytes);
    std::memcpy(page_, step.data(), size);
    page_[size] = '\0';
  }
}

std::string Progress::step() const {
  std::string step(page_ == nullptr ? "" : page_,
                   page_ == nullptr ? 0 : strnlen(page_, kMaxStepBytes));
  std::replace_if(
      step.begin(), step.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  return step.empty() ? "the request" : step;
}

}  // namespace twofactor
