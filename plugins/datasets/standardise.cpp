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

#include <algorithm>
#include <cmath>

namespace {
using namespace pipeline;

class Standardise final : public Wrapper {
  std::string over = "feature";

  void declare(Parameters& p) override {
    p.choice("over", over, {"feature", "set"}, "one mean and sd per feature, or one for the whole set");
  }

  Data change(Data data) const override {
    const std::vector<Scale> scales = scales_of(data.train);
    for (Samples* samples : {&data.train, &data.validation, &data.test}) apply(scales, *samples);
    return data;
  }

  /// The scaling of one feature; a constant one becomes 0.
  struct Scale {
    double low = infinity, high = -infinity, mean = 0, sd = 0;
    float operator()(double x) const { return low < high ? static_cast<float>((x - mean) / sd) : 0.0f; }
  };

  static double value(const Samples& s, arma::uword feature, arma::uword sample) {
    return s.bytes.n_cols ? s.offset + s.scale * s.bytes.at(feature, sample) : double{s.floats.at(feature, sample)};
  }

  /// One for each feature, or a single one for all.
  std::vector<Scale> scales_of(const Samples& train) const {
    std::vector<Scale> scales(over == "feature" ? train.features() : 1);
    const double count = static_cast<double>(train.size() * train.features()) / static_cast<double>(scales.size());
    const bool shared = scales.size() == 1;
    const auto each_value = [&](auto&& see) {
      for (arma::uword i = 0; i < train.size(); ++i)
        for (arma::uword j = 0; j < train.features(); ++j) see(scales[shared ? 0 : j], value(train, j, i));
    };
    each_value([](Scale& s, double x) {
      s.low = std::min(s.low, x), s.high = std::max(s.high, x);  // a rounded sd would miss constants
      s.mean += x;
    });
    for (Scale& s : scales) s.mean /= count;
    each_value([](Scale& s, double x) { s.sd += (x - s.mean) * (x - s.mean); });
    for (Scale& s : scales) s.sd = std::sqrt(s.sd / count);
    return scales;
  }

  static void apply(const std::vector<Scale>& scales, Samples& s) {
    const bool shared = scales.size() == 1;
    arma::fmat out(s.features(), s.size(), arma::fill::none);
    for (arma::uword i = 0; i < out.n_cols; ++i)
      for (arma::uword j = 0; j < out.n_rows; ++j) out.at(j, i) = scales[shared ? 0 : j](value(s, j, i));
    s.bytes.reset();
    s.floats = std::move(out);
  }
};

}  // namespace

PIPELINE_DATASET(Standardise, standardise, "wrapper: scales features to mean 0 and standard deviation 1")
