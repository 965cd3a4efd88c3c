// Which measures order runs as a target does, such as the generalisation gap of the same networks? Judged over runs that
// differ in stated axes.
//
//   tau-b        over all pairs of runs (Kendall 1945)
//   psi(axis)    the mean of tau-b over environments: runs that differ in this axis only; Psi is the mean over the axes
//                (Jiang et al. 2020, Fantastic generalization measures and where to find them, arXiv 1912.02178)
//   sign error   of two configurations that differ in one axis only: the share of their pairs of runs in which measure
//                and target differ in opposite directions, a tie counting one half (Dziugaite et al. 2020, In search of
//                robust measures of generalization, arXiv 2010.11924)
//   information  the share of the sign of the target's difference that the sign of the measure's difference tells about
//                it, given up to two axes: the least over their choice, with the sign of tau-b (Jiang et al., 2.2.4)
//
// A pair of runs says nothing about a share of right answers if it differs by no more than two standard errors of the
// difference on the same test samples. `drop_noise` leaves such pairs out of the sign errors. (Dziugaite et al. use
// Hoeffding's bound, which knows nothing of the samples being the same: with 10,000 of them it drops every difference
// below .02, and with it most studies.)
//
// Runs of the same seed are paired with each other, where the seed is known. Only runs that have every value count.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "comparing/statistics.hpp"

namespace pipeline::comparing {

/// A run: its values of the axes, its seed ("" if unknown), the target and the measures.
struct RankedRun {
  std::vector<std::string> axes;
  std::string seed;
  double target = 0;
  std::vector<double> measures;
  std::vector<std::uint8_t> right = {};  // with drop_noise: whether the answer to each test sample is right
};

struct RankTable {
  std::vector<std::string> axes, measures;
  std::string target;
  std::vector<RankedRun> runs;
  std::vector<int> directions;  // by measure: 1 if it should rise with the target, -1 if it should fall
  std::size_t left_out = 0;     // runs without some value
  bool drop_noise = false;
  std::map<std::string, std::size_t> lacking{};  // how many of them, by the first column that has none
};

struct Judgement {
  std::string measure;
  int direction = 1;
  double tau_b = 0;                   // of the measure times its direction; NaN where one of the two is constant
  Interval tau_b_interval;            // 95 %, bootstrap over configurations
  double Psi = 0;                     // over axes that have a psi; NaN if none has
  std::map<std::string, double> psi;  // by axis; NaN where no environment is left
  double sign_error_mean = 0, sign_error_p90 = 0, sign_error_max = 0;  // over pairs of configurations
  Interval sign_error_interval;
  double information = 0;
};

struct Environments {
  std::size_t kept = 0, dropped = 0;  // dropped: the target is the same in all of its runs
};

struct Ranking {
  std::map<std::string, Environments> environments;  // by axis
  std::vector<Judgement> judgements;                 // in the order of the measures
  std::size_t configurations = 0;                    // runs that differ only in the seed are one
  std::size_t resamples = 0;
  std::size_t pairs = 0, pairs_of_noise = 0;  // of runs, for the sign errors; left out by drop_noise
};

inline constexpr std::size_t kFewEnvironments = 5;     // with fewer, an axis gets no verdict
inline constexpr std::size_t kFewConfigurations = 12;  // with fewer, a bootstrap over them is too narrow

/// Throws std::invalid_argument for fewer than two runs.
Ranking rank(const RankTable& table, std::uint64_t seed = 1, std::size_t resamples = 2000);
/// 2,000, or fewer, at least 200, where that would take minutes.
std::size_t affordable_resamples(const RankTable& table);

}  // namespace pipeline::comparing
