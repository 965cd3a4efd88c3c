// sparsity: how much of a hidden layer is silent.
//
//   sparsity of layer l = (activations of hidden layer l equal to 0) / (units * images)
//
//   0 to 1, one for each hidden layer; measured without dropout. Neither direction is better.
#include <pipeline/metric.hpp>

namespace {
using namespace pipeline;

struct Zeros final : Gatherer {
  std::vector<std::size_t> zeros, all;
  explicit Zeros(std::size_t hidden_layers) : zeros(hidden_layers), all(hidden_layers) {}
  void see(const Block& block) override {
    for (std::size_t l = 0; l < zeros.size(); ++l) {
      const arma::fmat& h = block.x(l + 2);  // what hidden layer l + 1 hands to the next
      zeros[l] += static_cast<std::size_t>(std::count(h.begin(), h.end(), 0.0f));
      all[l] += h.n_elem;
    }
  }
};

class Sparsity final : public Metric {
  MetricInfo describe() const override { return {"share of the activations", Direction::neither}; }
  void prepare(Evaluation& e) const override { e.gather<Zeros>("zero activations", e.network().depth() - 1); }
  void measure(const Evaluation& e, Results& out) const override {
    const Zeros& seen = e.gathered<Zeros>("zero activations");
    for (std::size_t l = 0; l < seen.zeros.size(); ++l)
      out.layer(l + 1, static_cast<double>(seen.zeros[l]) / static_cast<double>(seen.all[l]));
  }
};

}  // namespace

PIPELINE_METRIC(Sparsity, sparsity, "share of hidden activations equal to 0")
