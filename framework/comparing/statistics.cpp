#include "comparing/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <pipeline/random.hpp>

namespace pipeline::comparing {

namespace math = boost::math;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// Two sums count as equal where they differ by less than rounding explains.
double tolerance(std::span<const double> differences) {
  double total = 0;
  for (const double d : differences) total += std::abs(d);
  return 1e-12 * total;
}

/// The sums of these differences with every choice of signs.
std::vector<double> sums_of_all_signs(std::span<const double> differences) {
  std::vector<double> sums = {0};
  for (const double d : differences) {
    const std::size_t n = sums.size();
    for (std::size_t i = 0; i < n; ++i) {
      sums.push_back(sums[i] - d);
      sums[i] += d;
    }
  }
  return sums;
}

double enumerated_p(std::span<const double> differences, double observed) {
  // Each sum is one of the first half plus one of the second. For each of the first, those of the second that are large
  // enough, or small enough, are counted at once.
  const std::size_t half = differences.size() / 2;
  const std::vector<double> first = sums_of_all_signs(differences.first(half));
  std::vector<double> second = sums_of_all_signs(differences.subspan(half));
  std::ranges::sort(second);
  if (observed <= 0) return 1;
  std::ptrdiff_t as_far = 0;
  for (const double a : first)
    as_far += (second.end() - std::ranges::lower_bound(second, observed - a)) +
              (std::ranges::upper_bound(second, -observed - a) - second.begin());
  return static_cast<double>(as_far) / static_cast<double>(first.size() * second.size());
}

double drawn_p(std::span<const double> differences, double observed, std::uint64_t seed, std::uint64_t draws) {
  const Random random(seed, "sign flips", "", "");
  std::uint64_t as_far = 0;
  for (std::uint64_t draw = 0; draw < draws; ++draw) {
    const Random signs = random.at_step(draw);
    double sum = 0;
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < differences.size(); ++i, word >>= 1) {
      if (i % 32 == 0) word = signs.word(i / 32);
      sum += word & 1u ? differences[i] : -differences[i];
    }
    as_far += std::abs(sum) >= observed;
  }
  return static_cast<double>(1 + as_far) / static_cast<double>(1 + draws);
}

double sum_of(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

}  // namespace

double t_quantile(double freedom, double p) { return math::quantile(math::students_t(freedom), p); }

Estimate estimate(std::span<const double> values, double level) {
  if (values.empty()) throw std::invalid_argument("an estimate of no values");
  Estimate e;
  e.n = values.size();
  const double n = static_cast<double>(e.n);
  e.mean = sum_of(values) / n;
  if (e.n == 1) {
    e.interval = {-infinite, infinite};
    return e;
  }
  double squares = 0;
  for (const double x : values) squares += (x - e.mean) * (x - e.mean);
  e.sd = std::sqrt(squares / (n - 1));
  const double half = t_quantile(n - 1, 0.5 + level / 2) * e.sd / std::sqrt(n);
  e.interval = {e.mean - half, e.mean + half};
  return e;
}

double sign_flip_p(std::span<const double> differences, std::uint64_t seed, std::uint64_t draws) {
  const double observed = std::abs(sum_of(differences)) - tolerance(differences);
  return differences.size() <= kEnumerated ? enumerated_p(differences, observed)
                                           : drawn_p(differences, observed, seed, draws);
}

double smallest_p(std::size_t n) {
  return n == 0 ? 1 : std::ldexp(1.0, 1 - static_cast<int>(std::min<std::size_t>(n, 1000)));
}

std::size_t pairs_testable(std::size_t models, double alpha) {
  std::size_t n = 1;
  while (static_cast<double>(models) * smallest_p(n) > alpha) ++n;
  return n;
}

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p[i]; });
  std::vector<double> adjusted(p.size());
  double so_far = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    so_far = std::max(so_far, std::min(1.0, static_cast<double>(p.size() - rank) * p[order[rank]]));
    adjusted[order[rank]] = so_far;
  }
  return adjusted;
}

Interval binomial_interval(std::size_t successes, std::size_t trials, double level) {
  const double k = static_cast<double>(successes), n = static_cast<double>(trials), tail = (1 - level) / 2;
  return {successes == 0 ? 0 : math::quantile(math::beta_distribution<>(k, n - k + 1), tail),
          successes == trials ? 1 : math::quantile(math::beta_distribution<>(k + 1, n - k), 1 - tail)};
}

double binomial_p(std::size_t successes, std::size_t trials) {
  if (trials == 0) return 1;
  const std::size_t fewer = std::min(successes, trials - successes);
  return std::min(1.0, 2 * math::cdf(math::binomial(static_cast<double>(trials), 0.5), static_cast<double>(fewer)));
}

double power(std::size_t n, double d_z, double alpha) {
  if (n < 2) return 0;
  const double freedom = static_cast<double>(n - 1), shift = std::abs(d_z) * std::sqrt(static_cast<double>(n));
  if (shift == 0) return alpha;
  if (shift > 1000) return 1;  // where the noncentral t distribution is hard to evaluate
  const double critical = t_quantile(freedom, 1 - alpha / 2);
  const math::non_central_t shifted(freedom, shift);
  return math::cdf(math::complement(shifted, critical)) + math::cdf(shifted, -critical);
}

double detectable_effect(std::size_t n, double wanted_power, double alpha) {
  if (n < 2) return infinite;
  double low = 0, high = 1;
  while (power(n, high, alpha) < wanted_power) high *= 2;
  for (int i = 0; i < 100 && high - low > 1e-14 * high; ++i) {
    const double middle = (low + high) / 2;
    (power(n, middle, alpha) < wanted_power ? low : high) = middle;
  }
  return high;
}

std::size_t pairs_needed(double d_z, double wanted_power, double alpha) {
  constexpr std::size_t most = 1'000'000;
  if (!(std::abs(d_z) > 0)) return 0;
  std::size_t high = 2;
  while (power(high, d_z, alpha) < wanted_power) {
    if (high >= most) return 0;
    high = std::min(2 * high, most);
  }
  std::size_t low = high / 2;  // its power is too small, or it is 1
  while (high - low > 1) {
    const std::size_t middle = (low + high) / 2;
    (power(middle, d_z, alpha) < wanted_power ? low : high) = middle;
  }
  return high;
}

double tau_b(std::span<const double> x, std::span<const double> y) {
  if (x.size() != y.size()) throw std::invalid_argument("tau-b of two series of different lengths");
  const auto sign = [](double a, double b) { return static_cast<int>(a > b) - static_cast<int>(a < b); };
  std::int64_t agreement = 0, untied_x = 0, untied_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const int sx = sign(x[i], x[j]), sy = sign(y[i], y[j]);
      agreement += sx * sy;
      untied_x += sx != 0;
      untied_y += sy != 0;
    }
  if (untied_x == 0 || untied_y == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(agreement) / std::sqrt(static_cast<double>(untied_x) * static_cast<double>(untied_y));
}

}  // namespace pipeline::comparing
