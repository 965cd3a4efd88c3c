// Metrics that load but each break one law; the comment above each states what is wrong.
#include <pipeline/metric.hpp>

#include <chrono>
#include <thread>

namespace {
using namespace pipeline;

struct Right final : Gatherer {
  double right = 0;
  void see(const Block& block) override {
    for (std::size_t n = 0; n < block.size; ++n) right += block.logits().col(n).index_max() == block.labels[n];
  }
};

/// The share of right answers, which it declares better where it is lower.
struct UpsideDown final : Metric {
  MetricInfo describe() const override { return {.unit = "share of samples", .better = Direction::lower}; }
  void prepare(Evaluation& e) const override { e.gather<Right>(); }
  void measure(const Evaluation& e, Results& out) const override {
    out.value(e.gathered<Right>().right / static_cast<double>(e.samples()));
  }
};

/// Stores the network being measured in a member: correct for one model at a time.
struct OneAtATime final : Metric {
  mutable const Network* current = nullptr;
  MetricInfo describe() const override { return {.unit = "weight", .looks = Looks::at_weights}; }
  void prepare(Evaluation& e) const override { current = &e.network(); }
  void measure(const Evaluation&, Results& out) const override {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    out.value(arma::norm(current->layer(1).W, "fro"));
  }
};

/// A matrix that grows with the step.
struct Grows final : Metric {
  MetricInfo describe() const override { return {.unit = "count", .looks = Looks::at_weights}; }
  void measure(const Evaluation& e, Results& out) const override {
    out.matrix("steps", arma::mat(e.step() + 1, 1, arma::fill::ones));
  }
};

/// A vector over nodes, but not for the untrained network.
struct ComesLater final : Metric {
  MetricInfo describe() const override { return {.unit = "count", .looks = Looks::at_weights}; }
  void measure(const Evaluation& e, Results& out) const override {
    out.value(1);
    if (e.step() > 0) out.nodes(1, arma::vec(e.network().layer(1).outputs(), arma::fill::ones));
  }
};

/// Two matrices of the same name.
struct TwoOfOneName final : Metric {
  MetricInfo describe() const override { return {.unit = "count", .looks = Looks::at_weights}; }
  void measure(const Evaluation&, Results& out) const override {
    for (const double x : {1.0, 2.0}) out.matrix("same", arma::mat(2, 2, arma::fill::value(x)));
  }
};

}  // namespace

PIPELINE_METRIC(UpsideDown, upside_down, "declares right answers worse than wrong ones")
PIPELINE_METRIC(OneAtATime, one_at_a_time, "stores the measured network in a member")
PIPELINE_METRIC(Grows, grows, "returns a matrix that grows")
PIPELINE_METRIC(ComesLater, comes_later, "returns a vector at some steps only")
PIPELINE_METRIC(TwoOfOneName, two_of_one_name, "returns two matrices of the same name")
