#include "common/livestore/ledger.h"

#include <algorithm>
#include <boost/interprocess/mapped_region.hpp>
#include <utility>

#include "common/base/unique_fd.h"
#include "common/livestore/store_file.h"

namespace twofactor {
namespace {

namespace bip = boost::interprocess;

// Boost's own file_mapping opens by name; what is mapped here is the very file that was checked.
class OpenedFile {
 public:
  explicit OpenedFile(int fd) : handle_{fd, false} {}
  bip::mapping_handle_t get_mapping_handle() const { return handle_; }

 private:
  bip::mapping_handle_t handle_;
};

Result<void> CheckLedgerHeader(const layout::LedgerHeader& header) {
  const auto checked = CheckFileHeader(
      header.file, {layout::kLedgerMagic, layout::kLedgerVersion, layout::kLedgerFixedBytes},
      layout::ChecksumOf(header));
  if (!checked) {
    return checked;
  }
  if (header.consume_mode != layout::ConsumeMode::kCompareAndSwap &&
      header.consume_mode != layout::ConsumeMode::kAskDaemon) {
    return Fail(ErrorCode::kUnknownVersion, "the ledger names a way to consume that is not known");
  }
  return {};
}

}  // namespace

struct Ledger::Mapping {
  UniqueFd file;
  bip::mapped_region region;
  std::uint64_t slots;
};

Result<Ledger> Ledger::Open(const std::string& path, uid_t owner) {
  auto file = OpenStoreFile(path, StoreAccess::kReadWrite, owner);
  if (!file) {
    return Fail(file.error());
  }
  const auto size = SizeOf(file->get());
  if (!size) {
    return Fail(size.error());
  }
  if (*size < layout::kHeaderPageBytes || *size > layout::WordsOffset(layout::kMaxSlots)) {
    return Fail(ErrorCode::kCorrupt, "the ledger has an impossible size");
  }
  auto mapping = std::make_unique<Mapping>();
  try {
    mapping->region = bip::mapped_region(OpenedFile(file->get()), bip::read_write, 0, *size);
  } catch (const bip::interprocess_exception& error) {
    return Fail(ErrorCode::kUnavailable, std::string("map the ledger: ") + error.what());
  }
  mapping->file = std::move(*file);
  mapping->slots = (*size - layout::kHeaderPageBytes) / sizeof(layout::LedgerWords);
  Ledger ledger(std::move(mapping));
  if (const auto checked = CheckLedgerHeader(ledger.header()); !checked) {
    return Fail(checked.error());
  }
  return ledger;
}

Ledger::Ledger(std::unique_ptr<Mapping> mapping) : mapping_(std::move(mapping)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

layout::LedgerHeader& Ledger::header() const {
  return *static_cast<layout::LedgerHeader*>(mapping_->region.get_address());
}

layout::LedgerWords& Ledger::words(std::uint64_t slot) const {
  void* start =
      static_cast<std::uint8_t*>(mapping_->region.get_address()) + layout::WordsOffset(slot);
  return *static_cast<layout::LedgerWords*>(start);
}

std::uint64_t Ledger::store_id() const { return header().file.store_id; }
WallTime Ledger::birth() const { return WallTime(std::chrono::seconds(header().birth)); }
layout::ConsumeMode Ledger::consume_mode() const { return header().consume_mode; }
std::uint64_t Ledger::slots() const { return mapping_->slots; }

Result<LoginSettings> Ledger::ReadSettings() const {
  // The daemon writes one copy at a time and leaves the other whole, so a second look finds one
  // that is.
  constexpr int kLooks = 3;
  for (int look = 0; look < kLooks; ++look) {
    const std::array<layout::SettingsCopy, 2> copies = header().settings;
    if (auto settings = DecodeSettings(copies)) {
      return *settings;
    }
  }
  return Fail(ErrorCode::kCorrupt, "the ledger's settings are damaged");
}

ConsumeOutcome Ledger::Consume(std::uint64_t slot, std::uint32_t generation, TimeStep step,
                               WallTime now) {
  std::atomic<std::uint64_t>& word = words(slot).use;
  std::uint64_t seen = word.load(std::memory_order_acquire);
  for (;;) {
    const auto use = layout::UseWord::Unpack(seen);
    const bool raised = IsNewerGeneration(generation, use.generation);
    if (!raised && use.generation != generation) {
      return ConsumeOutcome::kOldGeneration;
    }
    if (!raised && step < use.next_step) {
      return use.from_birth ? ConsumeOutcome::kBeforeBirth : ConsumeOutcome::kAlreadyUsed;
    }
    const layout::UseWord next{generation, step + 1};
    if (word.compare_exchange_weak(seen, next.Pack(), std::memory_order_acq_rel)) {
      break;
    }
  }
  RecordUse(now);
  // The daemon unlinks a ledger before it reads the clock for the birth of the next one. So a step
  // that was consumed in a ledger that still has its name lies before that birth, and the next
  // ledger does not accept it.
  return StillInUse() ? ConsumeOutcome::kConsumed : ConsumeOutcome::kLedgerReplaced;
}

layout::UseWord Ledger::ReadUse(std::uint64_t slot) const {
  return layout::UseWord::Unpack(words(slot).use.load(std::memory_order_acquire));
}

layout::FailuresWord Ledger::ReadFailures(std::uint64_t slot) const {
  return layout::FailuresWord::Unpack(words(slot).failures.load(std::memory_order_acquire));
}

bool Ledger::SwapFailures(std::uint64_t slot, layout::FailuresWord expected,
                          layout::FailuresWord next) {
  std::uint64_t word = expected.Pack();
  return words(slot).failures.compare_exchange_strong(word, next.Pack(), std::memory_order_acq_rel);
}

void Ledger::ClearFailures(std::uint64_t slot) {
  words(slot).failures.store(0, std::memory_order_release);
}

WallTime Ledger::LatestUse() const {
  return WallTime(std::chrono::seconds(header().latest_use.load(std::memory_order_acquire)));
}

void Ledger::RecordUse(WallTime now) {
  std::atomic<std::int64_t>& latest = header().latest_use;
  const std::int64_t moment = now.time_since_epoch().count();
  std::int64_t seen = latest.load(std::memory_order_relaxed);
  while (seen < moment && !latest.compare_exchange_weak(seen, moment)) {
  }
}

bool Ledger::StillInUse() const { return HasName(mapping_->file.get()); }

void Ledger::PublishGeneration(std::uint64_t slot, std::uint32_t generation, TimeStep first) {
  std::atomic<std::uint64_t>& word = words(slot).use;
  const layout::UseWord next{generation, first};
  std::uint64_t seen = word.load(std::memory_order_acquire);
  while (IsNewerGeneration(generation, layout::UseWord::Unpack(seen).generation)) {
    if (word.compare_exchange_weak(seen, next.Pack(), std::memory_order_acq_rel)) {
      ClearFailures(slot);
      return;
    }
  }
}

void Ledger::Retire(std::uint64_t slot) {
  std::atomic<std::uint64_t>& word = words(slot).use;
  std::uint64_t seen = word.load(std::memory_order_acquire);
  for (;;) {
    const auto use = layout::UseWord::Unpack(seen);
    const layout::UseWord next{use.generation, kMaxTimeStep};
    if (use.generation == 0 ||
        word.compare_exchange_weak(seen, next.Pack(), std::memory_order_acq_rel)) {
      return;
    }
  }
}

void Ledger::WriteSettings(const LoginSettings& settings) {
  auto& copies = header().settings;
  // Never over the copy that counts, whatever a killed daemon left in the other.
  const auto newest = NewestSettings(copies);
  const std::uint64_t sequence = newest ? copies[*newest].sequence + 1 : 1;
  layout::SettingsCopy& older = copies[newest ? 1 - *newest : 0];
  older = EncodeSettings(settings, sequence);
  std::atomic_thread_fence(std::memory_order_release);
}

TimeStep FirstStepAfterBirth(WallTime birth, std::chrono::seconds interval, int window) {
  return StepAt(birth, interval) + static_cast<TimeStep>(window) + 1;
}

bool IsNewerGeneration(std::uint32_t a, std::uint32_t b) { return a > b; }

}  // namespace twofactor
