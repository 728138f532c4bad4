#ifndef TWOFACTOR_TESTS_BENCH_BARE_COMMITS_H_
#define TWOFACTOR_TESTS_BENCH_BARE_COMMITS_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace twofactor::bench {

// The floor of renewals: one row of a secret's size is written and made durable again and again by
// SQLite, set up as the vault's is. The nanoseconds of each commit.
std::vector<std::int64_t> CommitFor(const std::string& path, std::chrono::milliseconds time);

}  // namespace twofactor::bench

#endif  // TWOFACTOR_TESTS_BENCH_BARE_COMMITS_H_
