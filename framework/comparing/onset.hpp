// When a difference showed: from which measured step on the paired difference of two models excludes zero to the end.
#pragma once
#include "comparing/comparison.hpp"

namespace pipeline::comparing {

/// The paired difference of two models in one metric and layer, over the steps that every run measured.
struct DifferenceCurve {
  std::vector<std::uint64_t> steps;
  std::vector<double> mean;
  std::vector<double> half_width;  // of the band that holds for all steps together
  std::size_t runs = 0;
  /// The first step from which the band excludes zero at every later one; none if it does not at the last.
  std::optional<std::uint64_t> onset;
};

/// The band is mean +- c standard errors. c is the value that the largest |mean| / standard error over all steps exceeds
/// in a share `alpha` of all choices of signs of the runs' differences (all of them for up to 12 runs, else 4096 drawn
/// ones): so the chance that the band excludes zero anywhere, where there is no difference, is at most alpha (Westfall
/// and Young 1993, Resampling-based multiple testing); and at least that of the t interval of one step. With too few runs for that, it is infinite. Only runs in which
/// both models succeeded count.
DifferenceCurve difference_curve(const ComparedRuns& runs, const std::string& metric, std::size_t layer,
                                 const std::string& model, const std::string& reference, double alpha = 0.05);

/// Sets `since` of the comparisons that found a difference. `alpha` is divided by the models of a metric and layer.
void add_onsets(std::vector<Comparison>& comparisons, const ComparedRuns& runs, double alpha);

}  // namespace pipeline::comparing
