#ifndef TWOFACTOR_TESTS_BENCH_LOGIN_ROUNDS_H_
#define TWOFACTOR_TESTS_BENCH_LOGIN_ROUNDS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/contenders.h"

namespace twofactor::bench {

struct Rounds {
  int count;
  std::string fresh_program;  // Empty: the logins happen in this process.
  int pause_milliseconds = 0;
};

// By contender, the nanoseconds of each of its logins.
using Samples = std::map<std::string, std::vector<std::int64_t>>;

// Every contender logs in once a round, in an order that is shuffled anew each time, so that
// whatever drifts meets all alike. Throws where a login does not end as it must.
Samples RunRounds(const Ground& ground, const std::vector<Contender>& contenders,
                  const Rounds& rounds);

// What came of logins at once.
struct CrowdResult {
  std::int64_t logins = 0;
  std::int64_t granted = 0;
  std::vector<double> per_second;   // Granted or not, of each round.
  std::vector<double> cpu_seconds;  // Of one login on average, in each round.
};
// `at_once` processes log in at the same moment and one after the other, until each user of the
// contender has done it; the contenders take turns.
std::map<std::string, CrowdResult> RunCrowds(const Ground& ground,
                                             const std::vector<CrowdContender>& contenders,
                                             int at_once, int rounds);

}  // namespace twofactor::bench

#endif  // TWOFACTOR_TESTS_BENCH_LOGIN_ROUNDS_H_
