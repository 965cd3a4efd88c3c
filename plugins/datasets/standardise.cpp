// standardise: wrapper that shifts and scales features to mean 0 and standard deviation 1 over the training set.
//
//   x' = (x - mean) / sd       mean and sd over the training samples, without those set aside for validation; sd over N
//                              (not N - 1). Validation and test samples are scaled by the same numbers.
//
//   over = feature   each feature has its own mean and sd; one constant in the training set becomes 0 everywhere
//   over = set       one mean and one sd for all features together, like the usual .1307 and .3081 of MNIST
//
//   Computed in double, from bytes as they are, and rounded once to float32, so bytes take four times the memory. With
//   over = feature, a pixel that is lit in few images has a tiny sd and so huge values: prefer over = set for images.
//   Some metrics need inputs >= 0 and refuse standardised data by default (signal_factor: set rate = none).
//
// Source: LeCun, Bottou, Orr & Mueller 1998, Efficient BackProp, section 4.3 (over = feature).
// See also: csv, signal_factor.
#include <pipeline/dataset.hpp>

#include "scaling.hpp"

namespace {
using namespace pipeline;

class Standardise final : public Wrapper {
  std::string over = "feature";

  void declare(Parameters& p) override {
    p.choice("over", over, {"feature", "set"}, "one mean and sd per feature, or one for the whole set");
  }

  /// Samples before they are rounded to float32, as a matrix of so many rows.
  struct Values {
    const Samples& samples;
    std::size_t n_rows, n_cols;
    double at(std::size_t row, std::size_t column) const {
      const std::size_t i = row + column * n_rows;
      return samples.bytes.n_cols ? samples.offset + samples.scale * samples.bytes[i] : double{samples.floats[i]};
    }
  };

  Data change(Data data) const override {
    const std::size_t features = data.train.features(), rows = over == "feature" ? features : 1;
    auto scales = datasets::mean_and_sd_of(Values{data.train, rows, features / rows * data.train.size()});
    if (rows == 1) scales.resize(features, scales.front());
    for (Samples* samples : {&data.train, &data.validation, &data.test}) {
      arma::fmat scaled(features, samples->size(), arma::fill::none);
      const Values values{*samples, features, samples->size()};
      for (std::size_t i = 0; i < scaled.n_cols; ++i)
        for (std::size_t j = 0; j < features; ++j) scaled.at(j, i) = static_cast<float>(scales[j](values.at(j, i)));
      samples->bytes.reset();
      samples->floats = std::move(scaled);
    }
    return data;
  }
};

}  // namespace

PIPELINE_DATASET(Standardise, standardise, "wrapper: scales features to mean 0 and standard deviation 1")
