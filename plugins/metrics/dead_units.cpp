// dead_units: the number of hidden units that are never active.
//
//   dead_units of layer l = number of units of hidden layer l that are 0 on every sample
//
//   One count per hidden layer, lower is better. A dead unit gets no gradient from these samples and cannot recover by
//   itself.
//
// See also: dormant_units, activation_rate, sparsity.
#include "unit_activity.hpp"

namespace {
using namespace pipeline;

struct EverActive final : Gatherer {
  std::vector<std::vector<bool>> active;  // [hidden layer][unit]
  explicit EverActive(const std::vector<std::size_t>& widths) {
    for (const std::size_t width : widths) active.emplace_back(width, false);
  }
  void see(const Block& block) override {
    for (std::size_t l = 0; l < active.size(); ++l) {
      const arma::fmat& h = block.x(l + 2);  // the output of hidden layer l + 1
      for (arma::uword n = 0; n < h.n_cols; ++n)
        for (arma::uword k = 0; k < h.n_rows; ++k)
          if (h(k, n) != 0) active[l][k] = true;
    }
  }
};

class DeadUnits final : public Metric {
  MetricInfo describe() const override { return {"count", Direction::lower}; }
  void prepare(Evaluation& e) const override { e.gather<EverActive>(unit_activity::widths(e.network())); }
  void measure(const Evaluation& e, Results& out) const override {
    const auto& active = e.gathered<EverActive>(unit_activity::widths(e.network())).active;
    for (std::size_t l = 0; l < active.size(); ++l)
      out.layer(l + 1, static_cast<double>(std::count(active[l].begin(), active[l].end(), false)));
  }
};

}  // namespace

PIPELINE_METRIC(DeadUnits, dead_units, "number of hidden units that are 0 on every sample")
