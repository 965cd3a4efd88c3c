// dead_units: hidden units that never speak.
//
//   dead_units of layer l = how many units of hidden layer l are 0 on every image
//
//   A count, one for each hidden layer. A dead unit gets no gradient from these images and cannot come back by itself.
#include <pipeline/metric.hpp>

namespace {
using namespace pipeline;

struct EverActive final : Gatherer {
  std::vector<std::vector<bool>> active;  // [hidden layer][unit]
  explicit EverActive(std::vector<std::size_t> widths) {
    for (const std::size_t width : widths) active.emplace_back(width, false);
  }
  void see(const Block& block) override {
    for (std::size_t l = 0; l < active.size(); ++l) {
      const arma::fmat& h = block.x(l + 2);  // what hidden layer l + 1 hands to the next
      for (arma::uword n = 0; n < h.n_cols; ++n)
        for (arma::uword k = 0; k < h.n_rows; ++k)
          if (h(k, n) != 0) active[l][k] = true;
    }
  }
};

class DeadUnits final : public Metric {
  MetricInfo describe() const override { return {"count", Direction::lower}; }
  void prepare(Evaluation& e) const override {
    std::vector<std::size_t> widths;
    for (std::size_t l = 1; l < e.network().depth(); ++l) widths.push_back(e.network().layer(l).outputs());
    e.gather<EverActive>("units ever active", widths);
  }
  void measure(const Evaluation& e, Results& out) const override {
    const auto& active = e.gathered<EverActive>("units ever active").active;
    for (std::size_t l = 0; l < active.size(); ++l)
      out.layer(l + 1, static_cast<double>(std::count(active[l].begin(), active[l].end(), false)));
  }
};

}  // namespace

PIPELINE_METRIC(DeadUnits, dead_units, "hidden units that are 0 on every image")
