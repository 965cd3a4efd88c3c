#include "comparing/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <pipeline/random.hpp>
#include <stdexcept>

namespace pipeline::comparing {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

int sign(double x) { return static_cast<int>(x > 0) - static_cast<int>(x < 0); }

struct Pair {
  std::size_t a, b;
};

/// Runs of one seed that differ in one axis only.
struct Environment {
  std::size_t axis;
  std::vector<std::size_t> runs;
};

/// The sums of Kendall's tau-b over pairs of runs.
template <class Number>
struct Concordance {
  Number agreement = 0, untied_x = 0, untied_y = 0;
  void add(double x_difference, double y_difference) {
    const int sx = sign(x_difference), sy = sign(y_difference);
    agreement += static_cast<Number>(sx * sy);
    untied_x += static_cast<Number>(std::abs(sx));
    untied_y += static_cast<Number>(std::abs(sy));
  }
  void add(const Concordance<float>& other, double times) {
    agreement += times * other.agreement;
    untied_x += times * other.untied_x;
    untied_y += times * other.untied_y;
  }
  double tau_b() const { return untied_x > 0 && untied_y > 0 ? agreement / std::sqrt(untied_x * untied_y) : nan; }
};

double tau_b_of(const std::vector<double>& x, const std::vector<double>& y, const std::vector<Pair>& pairs) {
  Concordance<double> all;
  for (const Pair& p : pairs) all.add(x[p.a] - x[p.b], y[p.a] - y[p.b]);
  return all.tau_b();
}

double mean_of(const std::vector<double>& values) {
  if (values.empty()) return nan;
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

/// The value below which a share of the values lies, interpolated (type 7, as NumPy).
double quantile(std::vector<double> values, double share) {
  if (values.empty()) return nan;
  std::ranges::sort(values);
  const double at = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
}

class Ranker {
 public:
  explicit Ranker(const RankTable& table) : table_(table), target_(table.runs.size()) {
    for (std::size_t i = 0; i < table.runs.size(); ++i) {
      const RankedRun& run = table.runs[i];
      target_[i] = run.target;
      configuration_.push_back(configurations_.emplace(run.axes, configurations_.size()).first->second);
    }
    find_pairs();
    find_environments();
  }

  Ranking ranking(std::uint64_t seed, std::size_t resamples) const {
    Ranking r;
    r.configurations = configurations_.size();
    r.pairs = pairs_, r.pairs_of_noise = pairs_of_noise_;
    for (const std::string& axis : table_.axes) r.environments[axis] = {};
    for (const Environment& e : environments_) {
      Environments& of = r.environments[table_.axes[e.axis]];
      (is_constant(target_, e.runs) ? of.dropped : of.kept) += 1;
    }
    r.resamples = resamples;
    for (std::size_t m = 0; m < table_.measures.size(); ++m) r.judgements.push_back(judged(m, seed, resamples));
    return r;
  }

 private:
  std::size_t differing(std::size_t a, std::size_t b, std::size_t& axis) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < table_.axes.size(); ++i)
      if (table_.runs[a].axes[i] != table_.runs[b].axes[i]) axis = i, ++count;
    return count;
  }

  void find_pairs() {
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> pairs_of_configurations;
    for (std::size_t a = 0; a < table_.runs.size(); ++a)
      for (std::size_t b = 0; b < a; ++b) {
        all_.push_back({a, b});
        std::size_t axis = 0;
        if (table_.runs[a].seed != table_.runs[b].seed || differing(a, b, axis) != 1) continue;
        ++pairs_;
        if (table_.drop_noise && is_noise(table_.runs[a], table_.runs[b])) {
          ++pairs_of_noise_;
          continue;
        }
        by_one_axis_.push_back({a, b});
        const auto of = std::minmax(configuration_[a], configuration_[b]);
        environment_of_.push_back(pairs_of_configurations.emplace(of, pairs_of_configurations.size()).first->second);
      }
    compared_.resize(pairs_of_configurations.size());
    for (const auto& [configurations, number] : pairs_of_configurations)
      compared_[number] = {configurations.first, configurations.second};
  }

  /// Whether the target of two runs differs by at most two standard errors of the difference of their right answers.
  static bool is_noise(const RankedRun& a, const RankedRun& b) {
    if (a.right.size() != b.right.size() || a.right.empty())
      throw std::invalid_argument("the runs were not tested on the same samples, so no noise can be dropped");
    double sum = 0, squares = 0;
    const auto n = static_cast<double>(a.right.size());
    for (std::size_t i = 0; i < a.right.size(); ++i) {
      const int d = a.right[i] - b.right[i];
      sum += d, squares += d * d;
    }
    const double standard_error = std::sqrt((squares / n - (sum / n) * (sum / n)) / (n - 1));
    return std::abs(a.target - b.target) <= 2 * standard_error;
  }

  void find_environments() {
    for (std::size_t axis = 0; axis < table_.axes.size(); ++axis) {
      std::map<std::pair<std::string, std::vector<std::string>>, std::vector<std::size_t>> groups;
      for (std::size_t i = 0; i < table_.runs.size(); ++i) {
        std::vector<std::string> others = table_.runs[i].axes;
        others[axis].clear();
        groups[{table_.runs[i].seed, others}].push_back(i);
      }
      for (auto& [key, runs] : groups)
        if (std::ranges::any_of(
                runs, [&](std::size_t i) { return table_.runs[i].axes[axis] != table_.runs[runs.front()].axes[axis]; }))
          environments_.push_back({axis, std::move(runs)});
    }
  }

  static bool is_constant(const std::vector<double>& values, const std::vector<std::size_t>& runs) {
    return std::ranges::all_of(runs, [&](std::size_t i) { return values[i] == values[runs.front()]; });
  }

  Judgement judged(std::size_t m, std::uint64_t seed, std::size_t resamples) const {
    Judgement j;
    j.measure = table_.measures[m];
    j.direction = table_.directions[m];
    std::vector<double> values;
    values.reserve(table_.runs.size());
    for (const RankedRun& run : table_.runs) values.push_back(j.direction * run.measures[m]);
    j.tau_b = tau_b_of(values, target_, all_);
    std::vector<double> of_axes;
    for (std::size_t axis = 0; axis < table_.axes.size(); ++axis) {
      const double psi = psi_of(values, axis);
      j.psi[table_.axes[axis]] = psi;
      if (!std::isnan(psi)) of_axes.push_back(psi);
    }
    j.Psi = mean_of(of_axes);
    const std::vector<double> errors = sign_errors(values);
    j.sign_error_mean = mean_of(errors);
    j.sign_error_p90 = quantile(errors, 0.9);
    j.sign_error_max = errors.empty() ? nan : *std::ranges::max_element(errors);
    j.information = information(values) * (j.tau_b < 0 ? -1 : 1);
    bootstrap(values, errors, seed, resamples, j);
    return j;
  }

  double psi_of(const std::vector<double>& values, std::size_t axis) const {
    std::vector<double> taus;
    for (const Environment& e : environments_) {
      if (e.axis != axis || is_constant(target_, e.runs)) continue;
      std::vector<Pair> pairs;
      for (std::size_t a = 0; a < e.runs.size(); ++a)
        for (std::size_t b = 0; b < a; ++b)
          if (table_.runs[e.runs[a]].axes[axis] != table_.runs[e.runs[b]].axes[axis])
            pairs.push_back({e.runs[a], e.runs[b]});
      const double tau = tau_b_of(values, target_, pairs);
      if (!std::isnan(tau)) taus.push_back(tau);  // a constant measure must not poison the mean
    }
    return mean_of(taus);
  }

  /// By pair of configurations, as in compared_: the mean over their pairs of runs.
  std::vector<double> sign_errors(const std::vector<double>& values) const {
    std::vector<double> sums(compared_.size()), counts(compared_.size());
    for (std::size_t i = 0; i < by_one_axis_.size(); ++i) {
      const Pair& p = by_one_axis_[i];
      sums[environment_of_[i]] += (1 - sign(values[p.a] - values[p.b]) * sign(target_[p.a] - target_[p.b])) / 2.0;
      counts[environment_of_[i]] += 1;
    }
    for (std::size_t e = 0; e < sums.size(); ++e) sums[e] /= counts[e];
    return sums;
  }

  /// The least normalised conditional mutual information over all choices of at most two axes. Pairs that are tied in one
  /// of the two say nothing about its sign, and are left out.
  double information(const std::vector<double>& values) const {
    double least = std::numeric_limits<double>::infinity();
    const std::size_t n = table_.axes.size();
    const auto given = [&](const std::vector<std::size_t>& axes) {
      std::map<std::vector<std::string>, std::array<double, 4>> counts;
      for (const Pair& p : all_) {
        const int sx = sign(values[p.a] - values[p.b]), sy = sign(target_[p.a] - target_[p.b]);
        if (sx == 0 || sy == 0) continue;
        // Both orders of the pair, so that the order of the runs does not matter.
        for (const bool swapped : {false, true}) {
          std::vector<std::string> key;
          for (const std::size_t axis : axes) {
            key.push_back(table_.runs[swapped ? p.b : p.a].axes[axis]);
            key.push_back(table_.runs[swapped ? p.a : p.b].axes[axis]);
          }
          counts[key][static_cast<std::size_t>((swapped ? -sx : sx) > 0) * 2 +
                      static_cast<std::size_t>((swapped ? -sy : sy) > 0)] += 1;
        }
      }
      double mutual = 0, entropy = 0;
      for (const auto& [key, c] : counts) {
        const double all = c[0] + c[1] + c[2] + c[3];
        for (std::size_t x = 0; x < 2; ++x)
          for (std::size_t y = 0; y < 2; ++y)
            if (const double joint = c[2 * x + y]; joint > 0)
              mutual += joint * std::log(joint * all / ((c[2 * x] + c[2 * x + 1]) * (c[y] + c[2 + y])));
        for (std::size_t y = 0; y < 2; ++y)
          if (const double of_y = c[y] + c[2 + y]; of_y > 0) entropy -= of_y * std::log(of_y / all);
      }
      if (entropy > 0) least = std::min(least, mutual / entropy);
    };
    given({});
    for (std::size_t a = 0; a < n; ++a) {
      given({a});
      for (std::size_t b = 0; b < a; ++b) given({a, b});
    }
    return std::isinf(least) ? nan : least;
  }

  /// Configurations are drawn with replacement, each with all of its seeds: one that is drawn twice counts twice.
  void bootstrap(const std::vector<double>& values, const std::vector<double>& errors_of_pairs, std::uint64_t seed,
                 std::size_t resamples, Judgement& j) const {
    const std::size_t n = configurations_.size();
    // Of the pairs of runs of configurations a >= b, at a (a + 1) / 2 + b.
    std::vector<Concordance<float>> sums(n * (n + 1) / 2);
    for (const Pair& p : all_) {
      const auto [low, high] = std::minmax(configuration_[p.a], configuration_[p.b]);
      sums[high * (high + 1) / 2 + low].add(values[p.a] - values[p.b], target_[p.a] - target_[p.b]);
    }
    std::vector<double> taus, errors;
    for (std::size_t sample = 0; sample < resamples; ++sample) {
      const Random random = Random(seed, "bootstrap", "", "").at_step(sample);
      std::vector<double> times(n);
      for (std::size_t i = 0; i < n; ++i) times[random.below(n, i)] += 1;
      Concordance<double> all;
      for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = 0; times[a] > 0 && b <= a; ++b) all.add(sums[a * (a + 1) / 2 + b], times[a] * times[b]);
      if (const double tau = all.tau_b(); !std::isnan(tau)) taus.push_back(tau);
      double error = 0, weight = 0;
      for (std::size_t e = 0; e < compared_.size(); ++e) {
        const double w = times[compared_[e].a] * times[compared_[e].b];
        error += w * errors_of_pairs[e], weight += w;
      }
      if (weight > 0) errors.push_back(error / weight);
    }
    j.tau_b_interval = {quantile(taus, 0.025), quantile(taus, 0.975)};
    j.sign_error_interval = {quantile(errors, 0.025), quantile(errors, 0.975)};
  }

  const RankTable& table_;
  std::vector<double> target_;
  std::map<std::vector<std::string>, std::size_t> configurations_;
  std::vector<std::size_t> configuration_;  // by run
  std::vector<Pair> all_, by_one_axis_;
  std::vector<std::size_t> environment_of_;  // by pair of by_one_axis_: which two configurations
  std::size_t pairs_ = 0, pairs_of_noise_ = 0;
  std::vector<Pair> compared_;  // those pairs of configurations
  std::vector<Environment> environments_;
};

}  // namespace

std::size_t affordable_resamples(const RankTable& table) {
  const std::size_t pairs = std::max<std::size_t>(table.runs.size() * table.runs.size() / 2, 1);
  const std::size_t times = 50'000'000'000 / (pairs * std::max<std::size_t>(table.measures.size(), 1));
  return std::clamp<std::size_t>(times, 200, 2000);
}

Ranking rank(const RankTable& table, std::uint64_t seed, std::size_t resamples) {
  if (table.runs.size() < 2) throw std::invalid_argument("a ranking needs at least two runs");
  return Ranker(table).ranking(seed, resamples);
}

}  // namespace pipeline::comparing
