// The statistics of paired comparisons. Distributions come from Boost.Math; every function is tested against SciPy.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace pipeline::comparing {

struct Interval {
  double low = 0, high = 0;
};

/// Of n values: their mean, their standard deviation (n - 1), and Student's t interval of the mean.
struct Estimate {
  std::size_t n = 0;
  double mean = 0, sd = 0;
  Interval interval;
};

/// The value that Student's t with so many degrees of freedom stays below with probability p.
double t_quantile(double freedom, double p);

/// With one value, sd is 0 and the interval is infinite. `level` is the interval's, 0.95 for 95 %.
/// Throws std::invalid_argument without values.
Estimate estimate(std::span<const double> values, double level = 0.95);

/// The two-sided p-value of the hypothesis that differences are as likely to be x as -x: the share of all 2^n ways to
/// choose their signs for which the sum is at least as far from 0 (Fisher 1935, The design of experiments, 21). All ways
/// are tried for n <= 20. Beyond, `draws` are drawn from `seed`, and p = (1 + those as far) / (1 + draws). 1 without
/// differences.
double sign_flip_p(std::span<const double> differences, std::uint64_t seed = 1, std::uint64_t draws = 1'000'000);
inline constexpr std::size_t kEnumerated = 20;

/// The smallest p-value that n differences can have: 2 / 2^n, 1 for none.
double smallest_p(std::size_t n);

/// The fewest differences with which a p-value can be at most alpha after Holm's correction for so many models: 6 for one.
std::size_t pairs_testable(std::size_t models, double alpha = 0.05);

/// Holm's adjusted p-values, in the order of `p` (Holm 1979, Scand. J. Statist. 6, 65). All hypotheses with an adjusted
/// p of at most alpha can be rejected together; the chance of any false rejection is at most alpha.
std::vector<double> holm(std::span<const double> p);

/// The exact interval of Clopper and Pearson (1934) for the probability of success.
Interval binomial_interval(std::size_t successes, std::size_t trials, double level = 0.95);

/// The two-sided exact p-value of a fair coin: twice the smaller tail, at most 1.
double binomial_p(std::size_t successes, std::size_t trials);

/// The power of a two-sided paired t test for an effect of d_z standard deviations: the noncentral t distribution.
double power(std::size_t n, double d_z, double alpha = 0.05);

/// The smallest effect that n pairs detect with this power, in standard deviations of the difference; infinite for n < 2.
double detectable_effect(std::size_t n, double wanted_power = 0.8, double alpha = 0.05);

/// The fewest pairs that detect an effect of d_z with this power; 0 where more than a million are needed.
std::size_t pairs_needed(double d_z, double wanted_power = 0.8, double alpha = 0.05);

/// Kendall's tau-b of two series of the same length (Kendall 1945, Biometrika 33, 239); NaN where one is constant.
double tau_b(std::span<const double> x, std::span<const double> y);

}  // namespace pipeline::comparing
