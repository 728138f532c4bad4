#include "tests/timing/rank_statistics.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace twofactor::timing {
namespace {

// Kolmogorov's distribution, from its other end (Press et al., Numerical Recipes, 14.3).
double KolmogorovTail(double lambda) {
  double sum = 0;
  double sign = 1;
  for (int k = 1; k <= 100; ++k) {
    sum += sign * 2 * std::exp(-2.0 * lambda * lambda * k * k);
    sign = -sign;
  }
  return lambda < 0.2 ? 1 : std::clamp(sum, 0.0, 1.0);
}

double ErrorOfAuc(double auc, double n1, double n2) {
  constexpr double kQuantile = 1.96;
  const double first = auc / (2 - auc) - auc * auc;
  const double second = 2 * auc * auc / (1 + auc) - auc * auc;
  const double variance = (auc * (1 - auc) + (n1 - 1) * first + (n2 - 1) * second) / (n1 * n2);
  return kQuantile * std::sqrt(std::max(variance, 0.0));
}

}  // namespace

Comparison Compare(const std::vector<std::int64_t>& first,
                   const std::vector<std::int64_t>& second) {
  std::vector<std::pair<std::int64_t, bool>> all;
  for (const std::int64_t value : first) {
    all.emplace_back(value, false);
  }
  for (const std::int64_t value : second) {
    all.emplace_back(value, true);
  }
  std::sort(all.begin(), all.end());
  const auto n1 = static_cast<double>(first.size());
  const auto n2 = static_cast<double>(second.size());
  double u = 0;
  double ties = 0;
  double below_first = 0;
  double below_second = 0;
  double distance = 0;
  for (std::size_t start = 0; start < all.size();) {
    std::size_t end = start;
    double here_second = 0;
    while (end < all.size() && all[end].first == all[start].first) {
      here_second += all[end].second ? 1 : 0;
      ++end;
    }
    const auto here = static_cast<double>(end - start);
    const double here_first = here - here_second;
    u += here_second * (below_first + here_first / 2);
    ties += here * here * here - here;
    below_first += here_first;
    below_second += here_second;
    distance = std::max(distance, std::abs(below_first / n1 - below_second / n2));
    start = end;
  }
  const double n = n1 + n2;
  const double deviation = std::sqrt(n1 * n2 / 12 * ((n + 1) - ties / (n * (n - 1))));
  const double z = deviation == 0 ? 0 : (u - n1 * n2 / 2) / deviation;
  const double root = std::sqrt(n1 * n2 / n);
  return {.auc = u / (n1 * n2),
          .auc_error = ErrorOfAuc(u / (n1 * n2), n1, n2),
          .p_mann_whitney = std::erfc(std::abs(z) / std::sqrt(2.0)),
          .ks_distance = distance,
          .p_ks = KolmogorovTail((root + 0.12 + 0.11 / root) * distance)};
}

std::int64_t MedianOf(std::vector<std::int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace twofactor::timing
