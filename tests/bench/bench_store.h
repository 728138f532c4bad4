#ifndef TWOFACTOR_TESTS_BENCH_BENCH_STORE_H_
#define TWOFACTOR_TESTS_BENCH_BENCH_STORE_H_

#include <cstdint>
#include <string>

#include "helperd/twofactord/livestore/publisher.h"
#include "tests/bench/pam_login.h"

namespace twofactor::bench {

// A live store of synthetic users, written by the daemon's own publisher, for root hosts, which
// need no daemon. User n has slot n.
class BenchStore {
 public:
  // Users 0 to `users` - 1, in a new directory.
  static BenchStore Make(const std::string& directory, std::uint64_t users);

  // Publishes the user's secret under a new generation, as a renewal does: its codes count again,
  // and its wrong tries are forgotten. `name` and `uid` may be those of somebody else.
  void Renew(std::uint64_t user);
  void Renew(std::uint64_t user, const std::string& name, uid_t uid);
  std::uint64_t users() const { return users_; }
  const std::string& directory() const { return directory_; }

 private:
  BenchStore(std::string directory, std::uint64_t users, LiveStorePublisher publisher)
      : directory_(std::move(directory)), users_(users), publisher_(std::move(publisher)) {}

  std::string directory_;
  std::uint64_t users_;
  LiveStorePublisher publisher_;
  std::uint32_t generation_ = 1;
};

// Leaves the user of the live store in `directory` with so many wrong codes that the next one
// waits.
void LockOut(const std::string& directory, const std::string& name);

}  // namespace twofactor::bench

#endif  // TWOFACTOR_TESTS_BENCH_BENCH_STORE_H_
