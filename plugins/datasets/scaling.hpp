// Scales each feature by statistics of the training rows, and the test rows by the same numbers.
//
//   divide        x / divide_by
//   minmax        (x - min) / (max - min)     0 to 1 in the training rows; test rows may fall outside
//   standardise   (x - mean) / sd             sd over N, not N - 1
//
//   A feature that is constant over the training rows becomes 0 under minmax and standardise.
//   Computed in double, rounded once to float32.
#pragma once
#include <cmath>
#include <limits>
#include <vector>

#include <pipeline/dataset.hpp>

namespace pipeline::datasets {

/// The scaling of one feature: (x - shift) / by; `by` is infinite where the feature is constant.
struct FeatureScale {
  double shift = 0, by = 1;
  float operator()(float x) const { return std::isinf(by) ? 0.0f : static_cast<float>((x - shift) / by); }
};

/// X [features x rows]
inline std::vector<FeatureScale> minmax_of(const arma::fmat& X) {
  const arma::fvec low = arma::min(X, 1), high = arma::max(X, 1);
  std::vector<FeatureScale> scales;
  for (arma::uword j = 0; j < X.n_rows; ++j) {
    const double width = static_cast<double>(high[j]) - low[j];
    scales.push_back({low[j], width > 0 ? width : std::numeric_limits<double>::infinity()});
  }
  return scales;
}

inline std::vector<FeatureScale> mean_and_sd_of(const arma::fmat& X) {
  std::vector<FeatureScale> scales = minmax_of(X);  // marks constant features, which a rounded sd would miss
  arma::vec mean(X.n_rows, arma::fill::zeros), square(X.n_rows, arma::fill::zeros);
  const auto rows = static_cast<double>(X.n_cols);
  for (arma::uword i = 0; i < X.n_cols; ++i)
    for (arma::uword j = 0; j < X.n_rows; ++j) mean[j] += X.at(j, i);
  mean /= rows;
  for (arma::uword i = 0; i < X.n_cols; ++i)
    for (arma::uword j = 0; j < X.n_rows; ++j) square[j] += (X.at(j, i) - mean[j]) * (X.at(j, i) - mean[j]);
  for (arma::uword j = 0; j < X.n_rows; ++j) {
    scales[j].shift = mean[j];
    if (!std::isinf(scales[j].by)) scales[j].by = std::sqrt(square[j] / rows);
  }
  return scales;
}

inline void apply(const std::vector<FeatureScale>& scales, arma::fmat& X) {
  for (arma::uword i = 0; i < X.n_cols; ++i)
    for (arma::uword j = 0; j < X.n_rows; ++j) X.at(j, i) = scales[j](X.at(j, i));
}

}  // namespace pipeline::datasets
