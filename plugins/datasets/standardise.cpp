// standardise: wrapper that shifts and scales features to mean 0 and standard deviation 1 over the training set.
//
//   x' = (x - mean) / sd       mean and sd over the training samples, sd over N (not N - 1), also for test samples
//
//   over = feature   each feature has its own mean and sd; one constant in the training set becomes 0 everywhere
//   over = set       one mean and one sd for all features together, like the usual .1307 and .3081 of MNIST
//
//   Computed in double and rounded once to float32, so bytes take four times the memory. With over = feature, a pixel
//   that is lit in few images has a tiny sd and so huge values: prefer over = set for images.
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

  Data change(Data data) const override {
    arma::fmat train = values(data.train), test = values(data.test);
    std::vector<datasets::FeatureScale> scales;
    if (over == "feature") {
      scales = datasets::mean_and_sd_of(train);
    } else {
      const arma::fmat one_row(train.memptr(), 1, train.n_elem, false, true);
      scales.assign(train.n_rows, datasets::mean_and_sd_of(one_row).front());
    }
    datasets::apply(scales, train);
    datasets::apply(scales, test);
    put(data.train, std::move(train));
    put(data.test, std::move(test));
    return data;
  }

  /// Bytes become floats exactly as in the engine.
  static arma::fmat values(Samples& s) {
    if (!s.bytes.n_cols) return std::move(s.floats);
    arma::fmat out(s.bytes.n_rows, s.bytes.n_cols);
    for (arma::uword i = 0; i < out.n_elem; ++i) out[i] = static_cast<float>(s.offset + s.scale * s.bytes[i]);
    return out;
  }
  static void put(Samples& s, arma::fmat values) {
    s.bytes.reset();
    s.floats = std::move(values);
  }
};

}  // namespace

PIPELINE_DATASET(Standardise, standardise, "wrapper: scales features to mean 0 and standard deviation 1")
