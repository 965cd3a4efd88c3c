// How much each hidden unit speaks: on how many images it is above 0, and how loud it is in all.
#pragma once
#include <cmath>
#include <pipeline/metric.hpp>

namespace unit_activity {
using namespace pipeline;

struct Activity final : Gatherer {
  std::vector<arma::vec> active, size;  // [units] of each hidden layer: images with h > 0, sum of |h|

  explicit Activity(std::vector<std::size_t> widths) {
    for (const std::size_t width : widths) {
      active.emplace_back(width, arma::fill::zeros);
      size.emplace_back(width, arma::fill::zeros);
    }
  }
  void see(const Block& block) override {
    for (std::size_t l = 0; l < active.size(); ++l) {
      const arma::fmat& h = block.x(l + 2);  // what hidden layer l + 1 hands to the next
      for (arma::uword n = 0; n < h.n_cols; ++n)
        for (arma::uword k = 0; k < h.n_rows; ++k) {
          active[l][k] += h(k, n) > 0;
          size[l][k] += std::abs(double{h(k, n)});
        }
    }
  }
};

inline void prepare(Evaluation& e) {
  std::vector<std::size_t> widths;
  for (std::size_t l = 1; l < e.network().depth(); ++l) widths.push_back(e.network().layer(l).outputs());
  e.gather<Activity>("activity of hidden units", widths);
}
inline const Activity& of(const Evaluation& e) { return e.gathered<Activity>("activity of hidden units"); }

}  // namespace unit_activity
