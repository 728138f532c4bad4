#ifndef TWOFACTOR_COMMON_LIVESTORE_LEDGER_H_
#define TWOFACTOR_COMMON_LIVESTORE_LEDGER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/livestore/layout.h"
#include "common/livestore/ledger_pages.h"
#include "common/livestore/origin.h"
#include "common/livestore/settings.h"
#include "common/otp/otp_parameters.h"

namespace twofactor {

// The result of an attempt to consume a step.
enum class ConsumeOutcome {
  kConsumed,        // It was unused, and this caller alone has now used it.
  kAlreadyUsed,     // It, or a later one, was used before.
  kBeforeBirth,     // This step may have been used before the ledger was made.
  kOldGeneration,   // The secret was renewed meanwhile: the code is of a revoked secret.
  kLedgerReplaced,  // The ledger is no longer the one in use: open the store again.
};

// The mapped ledger: for each slot an atomic word of use and, for each budget, one of failures. The
// verifiers (every process that can open the file) and the daemon use the same class.
//
// There are no locks. Each change is a compare-and-swap on one word, so a process that is killed
// leaves every word whole. docs/live-store.md has the argument. Thread-safe except for Reach(), and
// safe between processes.
class Ledger {
 public:
  // Maps the ledger at `path` in its present size; slots that are added later are out of range.
  // With kRead only the const functions and Reach() may be called. Fails like OpenStoreFile and
  // CheckFileHeader.
  static Result<Ledger> Open(const std::string& path, uid_t owner,
                             LedgerExtent extent = LedgerExtent::kWhole,
                             StoreAccess access = StoreAccess::kReadWrite);

  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  std::uint64_t store_id() const;
  // Returns when the epoch began: when the ledger was made, or when the epoch last began again.
  WallTime birth() const;
  layout::ConsumeMode consume_mode() const;
  // Returns the number of slots.
  std::uint64_t slots() const;
  // Maps the slot. If not the whole ledger is mapped, call this before using a slot. `slot` <
  // slots(). Must not run concurrently with any other call. Fails with kUnavailable.
  Result<void> Reach(std::uint64_t slot);
  // Returns the settings. Fails with kCorrupt if neither copy is valid.
  Result<LoginSettings> ReadSettings() const;
  // Dummy read that equalizes timing; discard the result. Reads some bytes of the file near `slot`,
  // less than a page, in the time that reading a record takes; fewer if the file ends before.
  void ReadAbout(std::uint64_t slot, std::span<std::uint8_t> bytes) const;

  // Consumes `step` of the record of `generation` in `slot`. Of any number of callers, in any
  // number of processes, one gets kConsumed. Steps below it are then used as well. `slot` <
  // slots().
  //
  // A word of an older generation is a renewal that is published but not yet answered: the step is
  // consumed in the new generation, as if the daemon had already raised it.
  ConsumeOutcome Consume(std::uint64_t slot, std::uint32_t generation, TimeStep step, WallTime now);

  // Returns the word of use, with the first step that the slot accepts.
  layout::UseWord ReadUse(std::uint64_t slot) const;

  layout::FailuresWord ReadFailures(std::uint64_t slot, Budget budget = Budget::kStrangers) const;
  // Replaces the budget's word of failures if it still is `expected`. Returns whether it was.
  bool SwapFailures(std::uint64_t slot, layout::FailuresWord expected, layout::FailuresWord next,
                    Budget budget = Budget::kStrangers);
  void ClearFailures(std::uint64_t slot, Budget budget);
  // Clears both budgets.
  void ClearFailures(std::uint64_t slot);

  // Returns the latest time at which a step was consumed, 1970 if none was.
  WallTime LatestUse() const;

  // Returns whether this is still the ledger in use, and no daemon has replaced it.
  bool StillInUse() const;

  // For the daemon only ----------------------------------------------------------------

  // Raises the slot to a record of `generation` that accepts steps from `first` on, unless it is
  // already there. `from_birth`: earlier steps may have been used, and nobody knows. Returns the
  // previous word.
  layout::UseWord PublishGeneration(std::uint64_t slot, std::uint32_t generation, TimeStep first,
                                    bool from_birth = false);
  // Begins the epoch again for a device of which no step was consumed in it: the slot accepts steps
  // from `first` on, which may be earlier than before. Returns false, without a change, if a step
  // was consumed or the slot is of another generation.
  bool BeginAgain(std::uint64_t slot, std::uint32_t generation, TimeStep first);
  // Records when the epoch began again. Call it after the slots.
  void SetBegunAgain(WallTime now);
  // Accepts steps from `first` on, including steps that were consumed. Returns false if the slot
  // accepts those already, or is of another generation.
  bool Reopen(std::uint64_t slot, std::uint32_t generation, TimeStep first);
  // Sets a latest use after `now`, from a time when the clock was wrong, to `now`, so that the next
  // use shows.
  void ForgetLaterUse(WallTime now);
  // Closes a slot without a device: a login that still holds its last record consumes nothing more.
  void Retire(std::uint64_t slot);
  // Writes the settings over their older copy, or over the damaged one. One writer at a time.
  void WriteSettings(const LoginSettings& settings);

 private:
  struct Mapping;
  explicit Ledger(std::unique_ptr<Mapping> mapping);

  layout::LedgerHeader& header() const;
  layout::LedgerWords& words(std::uint64_t slot) const;
  std::atomic<std::uint64_t>& failures(std::uint64_t slot, Budget budget) const;
  void RecordUse(WallTime now);

  std::unique_ptr<Mapping> mapping_;
};

// Returns the first step that a ledger that is born at `birth` accepts: the one after the last that
// a verifier with this `window` could have accepted at that moment. A pure function.
TimeStep FirstStepAfterBirth(WallTime birth, std::chrono::seconds interval, int window);

// Returns whether generation `a` is newer than `b`. Generations are handed out in order and never
// used twice.
bool IsNewerGeneration(std::uint32_t a, std::uint32_t b);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_LEDGER_H_
