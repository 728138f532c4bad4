#include "common/livestore/ledger.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "common/base/unique_fd.h"
#include "common/livestore/ledger_pages.h"
#include "common/livestore/store_file.h"

namespace twofactor {
namespace {

Result<void> CheckLedgerHeader(const layout::LedgerHeader& header) {
  const auto checked = CheckFileHeader(
      header.file, {layout::kLedgerMagic, layout::kLedgerVersion, layout::kLedgerFixedBytes},
      layout::ChecksumOf(header));
  if (!checked) {
    return checked;
  }
  if (header.consume_mode != layout::ConsumeMode::kCompareAndSwap &&
      header.consume_mode != layout::ConsumeMode::kAskDaemon) {
    return Fail(ErrorCode::kUnknownVersion, "the ledger has an unknown consume mode");
  }
  return {};
}

}  // namespace

struct Ledger::Mapping {
  UniqueFd file;
  LedgerPages pages;
  std::uint64_t slots;
};

Result<Ledger> Ledger::Open(const std::string& path, uid_t owner, LedgerExtent extent,
                            StoreAccess access) {
  auto file = OpenStoreFile(path, access, owner);
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
  auto pages = LedgerPages::Map(file->get(), *size, extent, access);
  if (!pages) {
    return Fail(pages.error());
  }
  const std::uint64_t slots = (*size - layout::kHeaderPageBytes) / sizeof(layout::LedgerWords);
  auto mapping = std::make_unique<Mapping>(Mapping{std::move(*file), std::move(*pages), slots});
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
  return *static_cast<layout::LedgerHeader*>(mapping_->pages.At(0));
}

layout::LedgerWords& Ledger::words(std::uint64_t slot) const {
  return *static_cast<layout::LedgerWords*>(mapping_->pages.At(layout::WordsOffset(slot)));
}

Result<void> Ledger::Reach(std::uint64_t slot) {
  return mapping_->pages.Reach(mapping_->file.get(), layout::WordsOffset(slot));
}

std::uint64_t Ledger::store_id() const { return header().file.store_id; }
WallTime Ledger::birth() const {
  const std::int64_t again = header().begun_again.load(std::memory_order_acquire);
  return WallTime(std::chrono::seconds(again == 0 ? header().birth : again));
}
layout::ConsumeMode Ledger::consume_mode() const { return header().consume_mode; }
std::uint64_t Ledger::slots() const { return mapping_->slots; }

Result<LoginSettings> Ledger::ReadSettings() const {
  // The daemon writes one copy at a time and leaves the other whole, so another look finds a valid
  // one.
  constexpr int kLooks = 3;
  for (int look = 0; look < kLooks; ++look) {
    const std::array<layout::SettingsCopy, 2> copies = header().settings;
    if (auto settings = DecodeSettings(copies)) {
      return *settings;
    }
    // So that the next look loads the copies again.
    std::atomic_thread_fence(std::memory_order_acquire);
  }
  return Fail(ErrorCode::kCorrupt, "the ledger's settings are damaged");
}

void Ledger::ReadAbout(std::uint64_t slot, std::span<std::uint8_t> bytes) const {
  const std::uint64_t words = layout::WordsOffset(slot);
  const std::uint64_t within = words % layout::kHeaderPageBytes;
  const std::uint64_t page = words - within;
  const std::uint64_t last = layout::kHeaderPageBytes - bytes.size();
  static_cast<void>(ReadFully(mapping_->file.get(), page + std::min(within, last), bytes));
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
  // ledger does not accept it. This fence pairs with the one in MakeNewLedger: the login looks at
  // the name after it has read its clock.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return StillInUse() ? ConsumeOutcome::kConsumed : ConsumeOutcome::kLedgerReplaced;
}

layout::UseWord Ledger::ReadUse(std::uint64_t slot) const {
  return layout::UseWord::Unpack(words(slot).use.load(std::memory_order_acquire));
}

std::atomic<std::uint64_t>& Ledger::failures(std::uint64_t slot, Budget budget) const {
  layout::LedgerWords& slot_words = words(slot);
  return budget == Budget::kKnown ? slot_words.failures_at_known : slot_words.failures;
}

layout::FailuresWord Ledger::ReadFailures(std::uint64_t slot, Budget budget) const {
  return layout::FailuresWord::Unpack(failures(slot, budget).load(std::memory_order_acquire));
}

bool Ledger::SwapFailures(std::uint64_t slot, layout::FailuresWord expected,
                          layout::FailuresWord next, Budget budget) {
  std::uint64_t word = expected.Pack();
  return failures(slot, budget)
      .compare_exchange_strong(word, next.Pack(), std::memory_order_acq_rel);
}

void Ledger::ClearFailures(std::uint64_t slot, Budget budget) {
  failures(slot, budget).store(0, std::memory_order_release);
}

void Ledger::ClearFailures(std::uint64_t slot) {
  ClearFailures(slot, Budget::kStrangers);
  ClearFailures(slot, Budget::kKnown);
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

layout::UseWord Ledger::PublishGeneration(std::uint64_t slot, std::uint32_t generation,
                                          TimeStep first, bool from_birth) {
  std::atomic<std::uint64_t>& word = words(slot).use;
  const layout::UseWord next{generation, first, from_birth};
  std::uint64_t seen = word.load(std::memory_order_acquire);
  while (IsNewerGeneration(generation, layout::UseWord::Unpack(seen).generation)) {
    if (word.compare_exchange_weak(seen, next.Pack(), std::memory_order_acq_rel)) {
      ClearFailures(slot);
      break;
    }
  }
  return layout::UseWord::Unpack(seen);
}

bool Ledger::BeginAgain(std::uint64_t slot, std::uint32_t generation, TimeStep first) {
  std::atomic<std::uint64_t>& word = words(slot).use;
  const layout::UseWord next{generation, first, /*from_birth=*/true};
  std::uint64_t seen = word.load(std::memory_order_acquire);
  for (;;) {
    const auto use = layout::UseWord::Unpack(seen);
    if (use.generation != generation || !use.from_birth) {
      return false;
    }
    // A login that consumes a step meanwhile clears the bit, and this swap fails.
    if (word.compare_exchange_weak(seen, next.Pack(), std::memory_order_acq_rel)) {
      return true;
    }
  }
}

void Ledger::SetBegunAgain(WallTime now) {
  header().begun_again.store(now.time_since_epoch().count(), std::memory_order_release);
}

bool Ledger::Reopen(std::uint64_t slot, std::uint32_t generation, TimeStep first) {
  std::atomic<std::uint64_t>& word = words(slot).use;
  const layout::UseWord next{generation, first, /*from_birth=*/true};
  std::uint64_t seen = word.load(std::memory_order_acquire);
  for (;;) {
    const auto use = layout::UseWord::Unpack(seen);
    if (use.generation != generation || use.next_step <= first) {
      return false;
    }
    if (word.compare_exchange_weak(seen, next.Pack(), std::memory_order_acq_rel)) {
      return true;
    }
  }
}

void Ledger::ForgetLaterUse(WallTime now) {
  std::atomic<std::int64_t>& latest = header().latest_use;
  const std::int64_t moment = now.time_since_epoch().count();
  std::int64_t seen = latest.load(std::memory_order_relaxed);
  while (seen > moment && !latest.compare_exchange_weak(seen, moment)) {
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
  // Never over the valid copy, whatever a killed daemon left in the other.
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
