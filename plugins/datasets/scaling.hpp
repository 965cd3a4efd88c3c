// Scales each feature by statistics of the samples trained on, and all other samples by the same numbers.
//
//   divide        x / divide_by
//   minmax        (x - min) / (max - min)     0 to 1 in the samples trained on; others may fall outside
//   standardise   (x - mean) / sd             sd over N, not N - 1
//
//   A feature that is constant over the samples trained on becomes 0 under minmax and standardise.
//   Computed in double. X is any [features x samples] with n_rows, n_cols and at(feature, sample).
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace pipeline::datasets {

/// The scaling of one feature: (x - shift) / by; `by` is infinite where the feature is constant.
struct FeatureScale {
  double shift = 0, by = 1;
  double operator()(double x) const { return std::isinf(by) ? 0.0 : (x - shift) / by; }
};

template <class Matrix>
std::vector<FeatureScale> minmax_of(const Matrix& X) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  std::vector<double> low(X.n_rows, inf), high(X.n_rows, -inf);
  for (std::size_t i = 0; i < X.n_cols; ++i)
    for (std::size_t j = 0; j < X.n_rows; ++j) {
      low[j] = std::min(low[j], static_cast<double>(X.at(j, i)));
      high[j] = std::max(high[j], static_cast<double>(X.at(j, i)));
    }
  std::vector<FeatureScale> scales;
  for (std::size_t j = 0; j < X.n_rows; ++j)
    scales.push_back({low[j], high[j] > low[j] ? std::min(high[j] - low[j], std::numeric_limits<double>::max()) : inf});
  return scales;
}

template <class Matrix>
std::vector<FeatureScale> mean_and_sd_of(const Matrix& X) {
  std::vector<FeatureScale> scales = minmax_of(X);  // marks constant features, which a rounded sd would miss
  std::vector<double> mean(X.n_rows), square(X.n_rows);
  const auto samples = static_cast<double>(X.n_cols);
  for (std::size_t i = 0; i < X.n_cols; ++i)
    for (std::size_t j = 0; j < X.n_rows; ++j) mean[j] += X.at(j, i);
  for (double& m : mean) m /= samples;
  for (std::size_t i = 0; i < X.n_cols; ++i)
    for (std::size_t j = 0; j < X.n_rows; ++j) square[j] += (X.at(j, i) - mean[j]) * (X.at(j, i) - mean[j]);
  for (std::size_t j = 0; j < X.n_rows; ++j) {
    FeatureScale& scale = scales[j];
    if (std::isinf(scale.by)) {
      scale.shift = mean[j];
    } else if (std::isnormal(square[j] / samples)) {
      scale = {mean[j], std::sqrt(square[j] / samples)};
    } else {  // squares of such values leave the range of double: work with (x - min) / (max - min)
      double sum = 0, squares = 0;
      for (std::size_t i = 0; i < X.n_cols; ++i) sum += scale(X.at(j, i));
      const double centre = sum / samples;
      for (std::size_t i = 0; i < X.n_cols; ++i) squares += (scale(X.at(j, i)) - centre) * (scale(X.at(j, i)) - centre);
      scale = {scale.shift + centre * scale.by, scale.by * std::sqrt(squares / samples)};
    }
  }
  return scales;
}

}  // namespace pipeline::datasets
