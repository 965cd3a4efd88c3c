#include "conformance/own_metrics.hpp"

namespace pipeline::conformance {

namespace {

class Right final : public Gatherer {
 public:
  std::size_t right = 0;
  void see(const Block& block) override {
    for (std::size_t n = 0; n < block.size; ++n) right += block.logits().col(n).index_max() == block.labels[n];
  }
};

class ShareRight final : public Metric {
 public:
  MetricInfo describe() const override { return {.unit = "share of samples", .better = Direction::higher}; }
  void prepare(Evaluation& e) const override { e.gather<Right>(); }
  void measure(const Evaluation& e, Results& out) const override {
    const auto& seen = e.gathered<Right>();
    out.value(static_cast<double>(seen.right) / static_cast<double>(e.samples()));
  }
};

class Lengths final : public Metric {
 public:
  MetricInfo describe() const override {
    return {.unit = "weight", .better = Direction::lower, .looks = Looks::at_weights};
  }
  void measure(const Evaluation& e, Results& out) const override {
    double longest = 0;
    for (std::size_t l = 1; l <= e.network().depth(); ++l) {
      const arma::mat W = arma::conv_to<arma::mat>::from(e.network().layer(l).W);
      const arma::vec rows = arma::sqrt(arma::sum(arma::square(W), 1));
      out.layer(l, rows.max());
      out.nodes(l, rows);
      longest = std::max(longest, rows.max());
    }
    out.value(longest, "longest");
    out.matrix("points", arma::conv_to<arma::mat>::from(e.network().layer(e.network().depth()).W.t()));
  }
};

template <class Made>
experiment::MetricConfig config_of(const std::string& section) {
  experiment::MetricConfig m;
  m.name = section;
  m.plugin = {section, {}, [] { return std::make_shared<Made>(); }};
  m.info = std::as_const(*m.plugin.make()).describe();
  m.on = m.info.on;
  return m;
}

}  // namespace

experiment::MetricConfig share_right(const std::string& section) { return config_of<ShareRight>(section); }
experiment::MetricConfig lengths(const std::string& section) { return config_of<Lengths>(section); }

experiment::MetricConfig watched_section(const std::string& section) {
  experiment::MetricConfig m = share_right(section);
  m.on = "validation";
  m.every = 3;
  return m;
}

}  // namespace pipeline::conformance
