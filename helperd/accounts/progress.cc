#include "helperd/accounts/progress.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace twofactor {
namespace {

// Both texts end with a zero byte.
constexpr std::size_t kStepAt = 0;
constexpr std::size_t kUserAt = kStepAt + Progress::kMaxStepBytes + 1;
constexpr std::size_t kPageBytes = kUserAt + Progress::kMaxUserBytes + 1;

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

Progress::Progress(Progress&& other) noexcept
    : page_(std::exchange(other.page_, nullptr)), held_(std::move(other.held_)) {}

Progress& Progress::operator=(Progress&& other) noexcept {
  if (this != &other) {
    Unmap(page_);
    page_ = std::exchange(other.page_, nullptr);
    held_ = std::move(other.held_);
  }
  return *this;
}

Progress::~Progress() { Unmap(page_); }

void Progress::Enter(std::string_view step) { Write(kStepAt, step, kMaxStepBytes); }

std::string Progress::step() const {
  std::string step = Read(kStepAt, kMaxStepBytes);
  std::replace_if(
      step.begin(), step.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  return step.empty() ? "the request" : step;
}

void Progress::SetUser(std::string_view user) { Write(kUserAt, user, kMaxUserBytes); }

std::string Progress::user() const { return Read(kUserAt, kMaxUserBytes); }

int Progress::held_readers(std::string_view user) const {
  const auto found = held_.find(user);
  return found == held_.end() ? 0 : found->second;
}

void Progress::Write(std::size_t at, std::string_view text, std::size_t most) {
  if (page_ != nullptr) {
    const std::size_t size = std::min(text.size(), most);
    std::memcpy(page_ + at, text.data(), size);
    page_[at + size] = '\0';
  }
}

std::string Progress::Read(std::size_t at, std::size_t most) const {
  return page_ == nullptr ? std::string() : std::string(page_ + at, strnlen(page_ + at, most));
}

}  // namespace twofactor
