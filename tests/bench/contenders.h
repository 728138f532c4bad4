#ifndef TWOFACTOR_TESTS_BENCH_CONTENDERS_H_
#define TWOFACTOR_TESTS_BENCH_CONTENDERS_H_

#include <sys/types.h>
#include <cstdint>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/bench_store.h"
#include "tests/bench/pam_login.h"

namespace twofactor::bench {

// Where a run happens. All of it is the run's own and is removed after it.
struct Ground {
  std::string work;        // On a disk: pam.d files, the module, the peers' files.
  std::string memory;      // On a tmpfs, as /run is: live stores.
  std::string daemon;      // The run directory of a daemon with synthetic users, if it is needed.
  std::uint64_t users;     // Of that daemon.
  std::uint64_t next = 0;  // The first of them that has not logged in yet.
  std::uint64_t scale;     // The largest number of users.

  std::string Confdir() const { return work + "/pam.d"; }
};

// One of those that are measured side by side.
struct Contender {
  std::string name;
  std::string service;
  int expected;                         // PAM's return code; another one ends the run.
  std::function<Attempt()> prepare;     // Not measured: brings a code that has not been used.
  int every = 1;                        // It runs in each round of this many.
  std::optional<uid_t> host = {};       // In a process of its own that is this user's.
  std::function<std::int64_t()> floor;  // Instead of a login: gives nanoseconds.
};

// pam_permit, both peers and ours, for one user whom NSS knows ('nobody').
std::vector<Contender> MakePeers(const Ground& ground);
// Ours at 1 user, 1,000, … up to ground.scale, each login a random user's, and pam_oath up to
// 100,000.
std::vector<Contender> MakeScale(const Ground& ground);
// Right, wrong, replayed and locked, in a store whose codes nobody else is asked about, and in one
// of a daemon that learns clock skews.
std::vector<Contender> MakeOutcomes(Ground& ground);
// A root host's and another host's login in the daemon's store, and a socket's round trip.
std::vector<Contender> MakeNonRoot(Ground& ground);

// Those that log in at once, `users` different users of each.
struct CrowdContender {
  std::string name;
  std::string service;
  std::function<std::vector<Attempt>()> prepare;  // An attempt of each user.
  int every = 1;                                  // It runs in each round of this many.
};
std::vector<CrowdContender> MakeCrowd(const Ground& ground, std::uint64_t users);

}  // namespace twofactor::bench

#endif  // TWOFACTOR_TESTS_BENCH_CONTENDERS_H_
