// standardise: brings features to mean 0 and standard deviation 1 over the training set.
//
//   x' = (x - mean) / sd       mean and sd over the training samples, sd over N (not N - 1); test samples by the same
//
//   over = feature   each feature has its own mean and sd; one that is constant in the training set becomes 0 everywhere
//   over = set       one mean and one sd of all features together, as MNIST's usual .1307 and .3081
//
//   Computed in double and rounded once to float32, four bytes a value where there was one. A pixel that is lit in few
//   images gets a tiny sd and huge values under over = feature: rather take over = set for images.
//   Inputs below 0 leave some metrics without meaning (signal_factor says so).
//
// Source: LeCun, Bottou, Orr & Mueller 1998, Efficient BackProp, section 4.3 (over = feature).
#include <pipeline/dataset.hpp>

#include "scaling.hpp"

namespace {
using namespace pipeline;

class Standardise final : public Wrapper {
  std::string over = "feature";

  void declare(Parameters& p) override {
    p.choice("over", over, {"feature", "set"}, "what shares a mean and a standard deviation");
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

  /// As the engine would widen them.
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

PIPELINE_DATASET(Standardise, standardise, "wrapper: brings features to mean 0 and standard deviation 1")
