#ifndef TWOFACTOR_TESTS_TIMING_RANK_STATISTICS_H_
#define TWOFACTOR_TESTS_TIMING_RANK_STATISTICS_H_

#include <cstdint>
#include <vector>

namespace twofactor::timing {

// How well two samples can be told apart by their values, without an assumption on how they are
// distributed. Thread-safe.
struct Comparison {
  // The chance that a value of the second is larger than one of the first, ties counted half: 0.5
  // where they are alike.
  double auc;
  // Half the width of its interval of 95 % (Hanley and McNeil, Radiology 143, 1982).
  double auc_error;
  // Of the Mann-Whitney U test and the Kolmogorov-Smirnov test, two-sided, by their large-sample
  // distributions.
  double p_mann_whitney;
  double ks_distance;
  double p_ks;
};

// Neither may be empty.
Comparison Compare(const std::vector<std::int64_t>& first, const std::vector<std::int64_t>& second);

std::int64_t MedianOf(std::vector<std::int64_t> values);

}  // namespace twofactor::timing

#endif  // TWOFACTOR_TESTS_TIMING_RANK_STATISTICS_H_
