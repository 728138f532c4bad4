#ifndef TWOFACTOR_TESTS_TIMING_TRIALS_H_
#define TWOFACTOR_TESTS_TIMING_TRIALS_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/paths.h"
#include "tests/timing/own_log.h"

namespace twofactor::timing {

// Names of equal length. "clock…" users are known to the system, "ghost…" are not.
inline constexpr std::string_view kUserPrefix = "clock";
inline constexpr std::string_view kGhostPrefix = "ghost";
// A name of `prefix` and this number.
std::string NameOf(std::string_view prefix, unsigned number);
uid_t UidOf(std::string_view name);

// What is compared. Each has so many names, which take turns at random.
inline constexpr unsigned kNamesOfACase = 4;
struct Case {
  std::string name;
  std::string_view prefix;
  unsigned first;  // Number of its first name.
  bool enrolled;
  bool locked;
};
// A wrong code, locked, no secret, and no such user; and each with other names, which tells what
// the method itself tells apart. All are tried equally often, for the processor is quicker at what
// it has just done.
std::vector<Case> AllCases();

// What somebody at the other end sees of a try.
struct Seen {
  std::string behaviour;       // Prompts, messages and return code in one text.
  std::int64_t before_prompt;  // Nanoseconds from the call to the prompt.
  std::int64_t after_answer;   // And from the answer to the return.
  std::string logged = {};     // The shapes of what was logged.
};
// One try at `name` with a wrong `code`.
using Try = std::function<Seen(const std::string& name, const std::string& code)>;

struct CaseSamples {
  std::map<std::string, std::uint64_t> behaviours;
  std::map<std::string, std::uint64_t> logged;
  std::vector<std::int64_t> before_prompt;
  std::vector<std::int64_t> after_answer;
};
// So many tries of each case, in random order. The wrong codes of users in the store at `paths` are
// forgotten, or those of locked ones made many again, between two tries.
std::map<std::string, CaseSamples> RunTrials(const RunPaths& paths, int count, OwnLog& log,
                                             const Try& attempt);

}  // namespace twofactor::timing

#endif  // TWOFACTOR_TESTS_TIMING_TRIALS_H_
