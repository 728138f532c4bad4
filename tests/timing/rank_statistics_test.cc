#include "tests/timing/rank_statistics.h"

#include <gtest/gtest.h>

#include <random>

namespace twofactor::timing {
namespace {

std::vector<std::int64_t> Normal(std::uint64_t seed, double mean, int count) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(mean, 1000);
  std::vector<std::int64_t> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(static_cast<std::int64_t>(normal(random)));
  }
  return values;
}

TEST(RankStatisticsTest, SamplesOfOneKindAreNotToldApart) {
  const Comparison same = Compare(Normal(1, 0, 10000), Normal(2, 0, 10000));
  EXPECT_NEAR(same.auc, 0.5, 0.01);
  EXPECT_NEAR(same.auc_error, 0.008, 0.0001);
  EXPECT_GT(same.p_mann_whitney, 0.01);
  EXPECT_GT(same.p_ks, 0.01);
}

TEST(RankStatisticsTest, TenthOfADeviationIsSeenByTenThousandSamples) {
  const Comparison shifted = Compare(Normal(1, 0, 10000), Normal(2, 100, 10000));
  EXPECT_NEAR(shifted.auc, 0.528, 0.01);
  EXPECT_LT(shifted.p_mann_whitney, 1e-6);
  EXPECT_LT(shifted.p_ks, 1e-3);
}

// By hand: of the nine pairs 6 are larger and 2 are ties.
TEST(RankStatisticsTest, TiesCountHalf) {
  EXPECT_DOUBLE_EQ(Compare({1, 2, 3}, {2, 3, 4}).auc, 7.0 / 9);
  EXPECT_DOUBLE_EQ(Compare({1, 1}, {1, 1}).auc, 0.5);
  EXPECT_DOUBLE_EQ(Compare({1, 2}, {3, 4}).ks_distance, 1);
}

}  // namespace
}  // namespace twofactor::timing
