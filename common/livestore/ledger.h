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

// What became of an attempt to consume a step.
enum class ConsumeOutcome {
  kConsumed,     // It was unused, and is now used by this caller and nobody else.
  kAlreadyUsed,  // It, or a later one, was used before.
  kBeforeBirth,  // Nothing was used since the ledger was made, but this step may have been before.
  kOldGeneration,   // The secret was renewed meanwhile: the code is a dead secret's.
  kLedgerReplaced,  // The ledger is no longer the one in use: open the store anew.
};

// The mapped ledger: per slot one atomic word of use and, for each budget, one of failures. The
// same class serves the verifiers (every process that can open the file) and the daemon.
//
// There are no locks: each change is a compare-and-swap on one word, so a process killed between
// any two instructions leaves words that are whole. docs/live-store.md has the argument.
// Thread-safe but for Reach(), and safe between processes.
class Ledger {
 public:
  // Maps the ledger at `path` as it is now. The size is fixed for this object: slots that are added
  // later are out of its range. Fails as OpenStoreFile and CheckFileHeader do.
  static Result<Ledger> Open(const std::string& path, uid_t owner,
                             LedgerExtent extent = LedgerExtent::kWhole);

  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  std::uint64_t store_id() const;
  // When the epoch began: when the ledger was made, or was last begun again.
  WallTime birth() const;
  layout::ConsumeMode consume_mode() const;
  // How many slots there are.
  std::uint64_t slots() const;
  // Where not the whole ledger is mapped, a slot is used only after this. `slot` < slots(). Not
  // beside any other call. Fails with kUnavailable.
  Result<void> Reach(std::uint64_t slot);
  // Fails with kCorrupt where neither copy is valid.
  Result<LoginSettings> ReadSettings() const;
  // Reads some bytes of the file about `slot`, less than a page of them, in the time that a record
  // takes. They are words of anybody's and of no use; where the file ends before, fewer are read.
  void ReadAbout(std::uint64_t slot, std::span<std::uint8_t> bytes) const;

  // Consumes `step` of the record of `generation` in `slot`: of any number of callers, in any
  // number of processes, one gets kConsumed. Steps below it are used with it. `slot` < slots().
  //
  // A word of an older generation is a renewal that is published but not yet answered: the step is
  // consumed in the new generation, as if the daemon had already raised it.
  ConsumeOutcome Consume(std::uint64_t slot, std::uint32_t generation, TimeStep step, WallTime now);

  // The first step that the slot accepts, for a message on how long to wait.
  layout::UseWord ReadUse(std::uint64_t slot) const;

  layout::FailuresWord ReadFailures(std::uint64_t slot, Budget budget = Budget::kStrangers) const;
  // Replaces the budget's word of failures if it still is `expected`.
  bool SwapFailures(std::uint64_t slot, layout::FailuresWord expected, layout::FailuresWord next,
                    Budget budget = Budget::kStrangers);
  void ClearFailures(std::uint64_t slot, Budget budget);
  // Both budgets'.
  void ClearFailures(std::uint64_t slot);

  // The latest moment at which a step was consumed, 1970 if none was.
  WallTime LatestUse() const;

  // Is this still the ledger that counts, and not one that a daemon has replaced?
  bool StillInUse() const;

  // For the daemon only ----------------------------------------------------------------

  // Raises the slot to a record of `generation` that accepts steps from `first` on, unless it is
  // there already. `from_birth`: those before it may have been used, and nobody knows. Gives the
  // word that it met.
  layout::UseWord PublishGeneration(std::uint64_t slot, std::uint32_t generation, TimeStep first,
                                    bool from_birth = false);
  // Begins the epoch again for a device of which no step was consumed in it: the slot accepts steps
  // from `first` on, which may be earlier than those that it accepted. False where a step was
  // consumed, or the slot is of another generation; it is as it was then.
  bool BeginAgain(std::uint64_t slot, std::uint32_t generation, TimeStep first);
  // Says when the epoch was begun again. Called after the slots.
  void SetBegunAgain(WallTime now);
  // Accepts steps from `first` on, and with them steps that were consumed. False where the slot
  // accepts those anyway, or is of another generation.
  bool Reopen(std::uint64_t slot, std::uint32_t generation, TimeStep first);
  // A latest use that lies ahead of `now` was made while the clock was wrong: it becomes `now`, so
  // that the next use shows.
  void ForgetLaterUse(WallTime now);
  // Closes a slot that no device has: whoever still holds its last record consumes nothing more.
  void Retire(std::uint64_t slot);
  // Writes the settings over their older copy, or the damaged one. One writer at a time.
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

// The first step that a record accepts which may have been used before a ledger born at `birth`:
// the one after the last that a verifier with this `window` could have accepted at that moment. A
// pure function.
TimeStep FirstStepAfterBirth(WallTime birth, std::chrono::seconds interval, int window);

// Is generation `a` newer than `b`? Generations are handed out in order and never used twice.
bool IsNewerGeneration(std::uint32_t a, std::uint32_t b);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_LIVESTORE_LEDGER_H_
