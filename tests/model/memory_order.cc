// The live store's memory order, searched with relacy: each load may give any value that C++'s
// memory model allows it, as on arm64, and not only the latest, as mostly on amd64.
// docs/live-store.md has the argument that this checks; common/livestore and
// helperd/twofactord/livestore are what it is a model of.
//
// pread(2) and the copying of structures have no order of their own: they are relaxed loads and
// stores here, one for each word. Kills are ledger.pml's matter.
//
// Each model knows mistakes: tests/model/run-memory-order expects each to be found.
#include <algorithm>
#include <array>
#include <iostream>
#include <relacy/relacy.hpp>
#include <string_view>

namespace {

using rl::mo_acq_rel;
using rl::mo_acquire;
using rl::mo_relaxed;
using rl::mo_release;
using Word = rl::atomic<int>;

// The mistake that is seeded; empty for none.
std::string_view seeded;

bool Seeded(std::string_view mistake) { return seeded == mistake; }

void Fence(rl::memory_order order) { rl::atomic_thread_fence(order, $); }

// IndexWriter and LiveStoreReader::FindSlots: a user's device is replaced twice, each time by an
// entry further on. The user has one at any moment, so no search may say that there is none.
struct IndexSearch : rl::test_suite<IndexSearch, 2> {
  static constexpr std::string_view kName = "index search";
  static constexpr std::array<std::string_view, 3> kMistakes = {"one look", "looks without order",
                                                                "entry removed without release"};

  static constexpr int kEmpty = 0;
  static constexpr int kRemoved = 1;
  static constexpr int kHash = 3;
  static constexpr int kReads = 4;
  using Entries = std::array<int, 3>;
  std::array<Word, 3> entries;

  void before() {
    entries[0]($).store(kHash, mo_relaxed);
    entries[1]($).store(kEmpty, mo_relaxed);
    entries[2]($).store(kEmpty, mo_relaxed);
  }

  void Replace(std::size_t from) {
    entries[from + 1]($).store(kHash, mo_release);
    const bool relaxed = Seeded("entry removed without release");
    entries[from]($).store(kRemoved, relaxed ? mo_relaxed : mo_release);
  }

  Entries Read() {
    Entries seen{};
    for (std::size_t i = 0; i < seen.size(); ++i) {
      seen[i] = entries[i]($).load(mo_relaxed);
    }
    return seen;
  }

  Entries ReadOfOneMoment() {
    Entries seen = Read();
    for (int i = 0; i < kReads && !Seeded("one look"); ++i) {
      if (!Seeded("looks without order")) {
        Fence(mo_acquire);
      }
      const Entries again = Read();
      if (again == seen) {
        break;
      }
      seen = again;
    }
    return seen;
  }

  void thread(unsigned index) {
    if (index == 0) {
      Replace(0);
      Replace(1);
      return;
    }
    const Entries seen = ReadOfOneMoment();
    const auto* end = std::find_if(seen.begin(), seen.end(),
                                   [](int hash) { return hash == kHash || hash == kEmpty; });
    RL_ASSERT(end != seen.end() && *end == kHash);
  }
};

// RecordsWriter::Replace and WipeOlder, as a bypass calls them, beside LiveStoreReader::ReadRecord.
// A copy that is valid is whole, and a read that met the change finds one when it is repeated.
struct RecordRead : rl::test_suite<RecordRead, 2> {
  static constexpr std::string_view kName = "record read";
  static constexpr std::array<std::string_view, 3> kMistakes = {
      "older copy wiped without fence", "reads without order", "version in place of a checksum"};

  struct Copy {
    Word checksum;
    Word sequence;
    Word body;
  };
  std::array<Copy, 2> copies;

  // No two contents have the same.
  static int Checksum(int sequence, int body) { return sequence == 0 ? -1 : 100 * sequence + body; }

  static void Store(Copy& copy, int checksum, int sequence) {
    copy.checksum($).store(checksum, mo_relaxed);
    copy.sequence($).store(sequence, mo_relaxed);
    copy.body($).store(sequence, mo_relaxed);
  }

  void before() {
    Store(copies[0], Checksum(1, 1), 1);
    Store(copies[1], 0, 0);
  }

  static void Replace(Copy& target, int sequence) {
    target.checksum($).store(0, mo_relaxed);
    Fence(mo_release);
    target.sequence($).store(sequence, mo_relaxed);
    target.body($).store(sequence, mo_relaxed);
    target.checksum($).store(Checksum(sequence, sequence), mo_release);
  }

  static void WipeOlder(Copy& older) {
    if (!Seeded("older copy wiped without fence")) {
      Fence(mo_release);
    }
    Store(older, 0, 0);
  }

  // The sequence of the newest copy that is valid; 0 where none is.
  int Read() {
    int newest = 0;
    for (Copy& copy : copies) {
      const int checksum = copy.checksum($).load(mo_relaxed);
      const int sequence = copy.sequence($).load(mo_relaxed);
      const int body = copy.body($).load(mo_relaxed);
      const bool valid = Seeded("version in place of a checksum")
                             ? sequence != 0 && checksum / 100 == sequence
                             : checksum == Checksum(sequence, body);
      if (valid) {
        RL_ASSERT(body == sequence);
        newest = std::max(newest, sequence);
      }
    }
    return newest;
  }

  void thread(unsigned index) {
    if (index == 0) {
      Replace(copies[1], 2);
      WipeOlder(copies[0]);
      return;
    }
    int newest = Read();
    if (newest == 0) {
      if (!Seeded("reads without order")) {
        Fence(mo_acquire);
      }
      newest = Read();
    }
    RL_ASSERT(newest != 0);
  }
};

// Ledger::WriteSettings, twice, beside Ledger::ReadSettings: the second look finds a whole copy.
struct SettingsRead : rl::test_suite<SettingsRead, 2> {
  static constexpr std::string_view kName = "settings";
  static constexpr std::array<std::string_view, 2> kMistakes = {"copy written without fence",
                                                                "looks without order"};

  struct Copy {
    Word checksum;
    Word sequence;
  };
  std::array<Copy, 2> copies;

  static void Store(Copy& copy, int sequence) {
    copy.checksum($).store(100 * sequence, mo_relaxed);
    copy.sequence($).store(sequence, mo_relaxed);
  }

  void before() {
    Store(copies[0], 1);
    Store(copies[1], 0);
  }

  bool Look() {
    bool found = false;
    for (Copy& copy : copies) {
      const int checksum = copy.checksum($).load(mo_relaxed);
      const int sequence = copy.sequence($).load(mo_relaxed);
      found = found || (sequence != 0 && checksum == 100 * sequence);
    }
    return found;
  }

  void thread(unsigned index) {
    if (index == 0) {
      Store(copies[1], 2);
      if (!Seeded("copy written without fence")) {
        Fence(mo_release);
      }
      Store(copies[0], 3);
      return;
    }
    bool found = Look();
    if (!found) {
      if (!Seeded("looks without order")) {
        Fence(mo_acquire);
      }
      found = Look();
    }
    RL_ASSERT(found);
  }
};

// LiveStorePublisher::Publish beside Ledger::Consume: a renewal, and a login with the right code of
// the record that it finds.
struct Renewal : rl::test_suite<Renewal, 2> {
  static constexpr std::string_view kName = "renewal";
  static constexpr std::array<std::string_view, 3> kMistakes = {
      "answer before the raise", "raise without release", "word read without acquire"};

  static constexpr int kOld = 1;
  static constexpr int kNew = 2;
  Word record;
  Word use;  // Ten generations, and 1 if the step is used.
  Word answered;

  void before() {
    record($).store(kOld, mo_relaxed);
    use($).store(10 * kOld, mo_relaxed);
    answered($).store(0, mo_relaxed);
  }

  void Raise() {
    const auto order = Seeded("raise without release") ? mo_relaxed : mo_acq_rel;
    int seen = use($).load(mo_relaxed);
    while (seen < 10 * kNew && !use($).compare_exchange_weak(seen, 10 * kNew, order, mo_relaxed)) {
    }
  }

  void Renew() {
    record($).store(kNew, mo_release);
    if (Seeded("answer before the raise")) {
      answered($).store(1, mo_release);
    }
    Raise();
    answered($).store(1, mo_release);
  }

  // Is a code of `generation` granted, or is it `dead`?
  bool Consume(int generation, bool& dead) {
    const auto order = Seeded("word read without acquire") ? mo_relaxed : mo_acquire;
    int seen = use($).load(order);
    do {
      dead = seen >= 10 * (generation + 1);
      if (dead) {
        return false;
      }
    } while (!use($).compare_exchange_weak(seen, 10 * generation + 1, mo_acq_rel, order));
    return true;
  }

  void thread(unsigned index) {
    if (index == 0) {
      Renew();
      return;
    }
    const bool renewed_before = answered($).load(mo_acquire) == 1;
    const int found = record($).load(mo_relaxed);
    const bool answered_before_swap = answered($).load(mo_acquire) == 1;
    bool dead = false;
    const bool granted = Consume(found, dead);
    // The answer ends the old secret,
    RL_ASSERT(!(answered_before_swap && granted && found == kOld));
    // a login after it finds the new one,
    RL_ASSERT(!renewed_before || granted);
    // and so does a login that tries again because the word said that the secret is dead.
    RL_ASSERT(!dead || record($).load(mo_relaxed) == kNew);
  }
};

// Ledger::Consume by two logins with one code, and the failures that the granted one clears: a
// process that sees them cleared finds the step used.
struct OneWinner : rl::test_suite<OneWinner, 3> {
  static constexpr std::string_view kName = "one winner";
  static constexpr std::array<std::string_view, 2> kMistakes = {"step consumed by a store",
                                                                "failures cleared without release"};

  Word use;
  Word failures;
  int granted = 0;

  void before() {
    granted = 0;
    use($).store(0, mo_relaxed);
    failures($).store(1, mo_relaxed);
  }

  bool Consume() {
    int seen = use($).load(mo_acquire);
    while (seen == 0) {
      if (Seeded("step consumed by a store")) {
        use($).store(1, mo_release);
        return true;
      }
      if (use($).compare_exchange_weak(seen, 1, mo_acq_rel, mo_acquire)) {
        return true;
      }
    }
    return false;
  }

  void thread(unsigned index) {
    if (index == 2) {
      const bool cleared = failures($).load(mo_acquire) == 0;
      RL_ASSERT(!cleared || use($).load(mo_relaxed) == 1);
    } else if (Consume()) {
      RL_ASSERT(++granted == 1);
      const bool relaxed = Seeded("failures cleared without release");
      failures($).store(0, relaxed ? mo_relaxed : mo_release);
    }
  }
};

// ChargeTry: three guesses at once, of which two may be looked at.
struct Guesses : rl::test_suite<Guesses, 3> {
  static constexpr std::string_view kName = "guesses";
  static constexpr std::array<std::string_view, 2> kMistakes = {"charged by a store",
                                                                "looked at before the charge"};

  static constexpr int kFreeTries = 2;
  Word failures;
  int looked_at = 0;

  void before() {
    looked_at = 0;
    failures($).store(0, mo_relaxed);
  }

  bool Charge() {
    int seen = failures($).load(mo_acquire);
    while (seen < kFreeTries) {
      if (Seeded("charged by a store")) {
        failures($).store(seen + 1, mo_release);
        return true;
      }
      if (failures($).compare_exchange_strong(seen, seen + 1, mo_acq_rel, mo_acquire)) {
        return true;
      }
    }
    return false;
  }

  void LookAtCode() { RL_ASSERT(++looked_at <= kFreeTries); }

  void thread(unsigned /*index*/) {
    if (Seeded("looked at before the charge")) {
      if (failures($).load(mo_acquire) < kFreeTries) {
        LookAtCode();
        Charge();
      }
    } else if (Charge()) {
      LookAtCode();
    }
  }
};

// MakeNewLedger beside the end of Ledger::Consume. A clock tells everybody what time it is: it is
// read by a relaxed read-modify-write, which has the latest value and orders nothing. Whether the
// ledger has a name is in the kernel's memory.
struct Birth : rl::test_suite<Birth, 3> {
  static constexpr std::string_view kName = "birth";
  static constexpr std::array<std::string_view, 3> kMistakes = {
      "clock read before unlink", "clock read without fence", "name looked at without fence"};

  Word clock;
  Word named;
  int birth = 0;
  int granted_at = -1;

  void before() {
    birth = 0;
    granted_at = -1;
    clock($).store(0, mo_relaxed);
    named($).store(1, mo_relaxed);
  }

  int Now() { return clock($).fetch_add(0, mo_relaxed); }

  void MakeNewLedger() {
    if (Seeded("clock read before unlink")) {
      birth = Now();
    }
    named($).store(0, mo_relaxed);
    if (!Seeded("clock read without fence")) {
      Fence(rl::mo_seq_cst);
    }
    if (!Seeded("clock read before unlink")) {
      birth = Now();
    }
  }

  void Login() {
    const int now = Now();
    if (!Seeded("name looked at without fence")) {
      Fence(rl::mo_seq_cst);
    }
    if (named($).load(mo_relaxed) == 1) {
      granted_at = now;
    }
  }

  void thread(unsigned index) {
    if (index == 0) {
      MakeNewLedger();
    } else if (index == 1) {
      Login();
    } else {
      clock($).fetch_add(1, mo_relaxed);
    }
  }

  void after() { RL_ASSERT(granted_at <= birth); }
};

// MappedFile::Publish: a ledger that is found by its name has its words. The kernel's part is taken
// for no more than a relaxed store of the name, and a load that acquires.
struct NewFile : rl::test_suite<NewFile, 2> {
  static constexpr std::string_view kName = "new file";
  static constexpr std::array<std::string_view, 1> kMistakes = {"named without fence"};

  Word word;
  Word name;

  void before() {
    word($).store(0, mo_relaxed);
    name($).store(0, mo_relaxed);
  }

  void thread(unsigned index) {
    if (index == 0) {
      word($).store(1, mo_relaxed);
      if (!Seeded("named without fence")) {
        Fence(mo_release);
      }
      name($).store(1, mo_relaxed);
    } else if (name($).load(mo_acquire) == 1) {
      RL_ASSERT(word($).load(mo_relaxed) == 1);
    }
  }
};

// Every order of the threads, in which a load gives the last value or the one before it; then
// random orders, in which it gives any that is allowed.
template <typename Model>
rl::test_result_e Search() {
  constexpr rl::iteration_t kRandomExecutions = 1000000;
  for (const auto order : {rl::sched_full, rl::sched_random}) {
    rl::test_params params;
    std::ostream nowhere(nullptr);
    params.search_type = order;
    params.iteration_count = kRandomExecutions;
    params.progress_stream = &nowhere;
    if (!rl::simulate<Model>(params)) {
      return params.test_result;
    }
    std::cout << params.stop_iteration << " executions" << std::endl;
  }
  return rl::test_result_success;
}

template <typename Model>
void List() {
  std::cout << Model::kName << "|\n";
  for (const std::string_view mistake : Model::kMistakes) {
    std::cout << Model::kName << '|' << mistake << '\n';
  }
}

template <typename... Models>
int Run(std::string_view name) {
  if (name.empty()) {
    (List<Models>(), ...);
    return 0;
  }
  auto result = rl::test_result_until_condition_hit;
  static_cast<void>(((Models::kName == name && (result = Search<Models>(), true)) || ...));
  return result == rl::test_result_success              ? 0
         : result == rl::test_result_user_assert_failed ? 1
                                                        : 2;
}

}  // namespace

// Without arguments: lists the models, and each with its mistakes. Else searches MODEL, with
// MISTAKE seeded if it is not empty: 0 where it holds, 1 where a claim does not.
int main(int argc, char** argv) {
  seeded = argc > 2 ? argv[2] : "";
  return Run<IndexSearch, RecordRead, SettingsRead, Renewal, OneWinner, Guesses, Birth, NewFile>(
      argc > 1 ? argv[1] : "");
}
