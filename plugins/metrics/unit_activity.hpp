// The activity of each hidden unit: the number of samples on which it is above 0, and the sum of its absolute values.
#pragma once
#include <cmath>
#include <pipeline/metric.hpp>

namespace unit_activity {
using namespace pipeline;

struct Activity final : Gatherer {
  static constexpr int shared_layout = 1;
  std::vector<arma::vec> active, size;  // [units] of each hidden layer: samples with h > 0, sum of |h|

  explicit Activity(const std::vector<std::size_t>& widths) {
    for (const std::size_t width : widths) {
      active.emplace_back(width, arma::fill::zeros);
      size.emplace_back(width, arma::fill::zeros);
    }
  }
  void see(const Block& block) override {
    for (std::size_t l = 0; l < active.size(); ++l) {
      const arma::fmat& h = block.x(l + 2);  // the output of hidden layer l + 1
      for (arma::uword n = 0; n < h.n_cols; ++n)
        for (arma::uword k = 0; k < h.n_rows; ++k) {
          active[l][k] += h(k, n) > 0;
          size[l][k] += std::abs(double{h(k, n)});
        }
    }
  }
};

/// The number of units in each hidden layer.
inline std::vector<std::size_t> widths(const Network& network) {
  std::vector<std::size_t> out;
  for (std::size_t l = 1; l < network.depth(); ++l) out.push_back(network.layer(l).outputs());
  return out;
}

inline void prepare(Evaluation& e) { e.gather<Activity>(widths(e.network())); }
inline const Activity& of(const Evaluation& e) { return e.gathered<Activity>(widths(e.network())); }

}  // namespace unit_activity
