// sparsity: the share of a hidden layer's activations that are 0.
//
//   sparsity of layer l = (activations of hidden layer l equal to 0) / (units * samples)
//
//   0 to 1, one per hidden layer; measured without dropout. Neither direction is better.
//
// See also: activation_rate, dead_units, activity_l1.
#include <pipeline/metric.hpp>

namespace {
using namespace pipeline;

struct Zeros final : Gatherer {
  std::vector<std::size_t> zeros, all;
  explicit Zeros(std::size_t hidden_layers) : zeros(hidden_layers), all(hidden_layers) {}
  void see(const Block& block) override {
    for (std::size_t l = 0; l < zeros.size(); ++l) {
      const arma::fmat& h = block.x(l + 2);  // the output of hidden layer l + 1
      zeros[l] += static_cast<std::size_t>(std::count(h.begin(), h.end(), 0.0f));
      all[l] += h.n_elem;
    }
  }
};

class Sparsity final : public Metric {
  MetricInfo describe() const override { return {"share of the activations", Direction::neither}; }
  void prepare(Evaluation& e) const override { e.gather<Zeros>(e.network().depth() - 1); }
  void measure(const Evaluation& e, Results& out) const override {
    const Zeros& seen = e.gathered<Zeros>(e.network().depth() - 1);
    for (std::size_t l = 0; l < seen.zeros.size(); ++l)
      out.layer(l + 1, static_cast<double>(seen.zeros[l]) / static_cast<double>(seen.all[l]));
  }
};

}  // namespace

PIPELINE_METRIC(Sparsity, sparsity, "share of hidden activations equal to 0")
