#include "conformance/loose_metric.hpp"

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
  MetricInfo describe() const override { return {.unit = "share of samples", .better = Direction::higher}; }
  void prepare(Evaluation& e) const override { e.gather<Right>("conformance: right"); }
  void measure(const Evaluation& e, Results& out) const override {
    const auto& seen = e.gathered<Right>("conformance: right");
    out.value(static_cast<double>(seen.right) / static_cast<double>(e.samples()));
  }
};

class Lengths final : public Metric {
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

study::MetricSection section_of(const std::string& name, std::shared_ptr<Metric> object) {
  study::MetricSection m;
  m.name = m.plugin = name;
  m.info = object->describe();
  m.object = std::move(object);
  m.on = m.info.on;
  return m;
}

}  // namespace

study::MetricSection share_right(const std::string& section) {
  return section_of(section, std::make_shared<ShareRight>());
}
study::MetricSection lengths(const std::string& section) { return section_of(section, std::make_shared<Lengths>()); }

study::MetricSection watched_section(const std::string& section) {
  study::MetricSection m = share_right(section);
  m.on = "validation";
  m.every = 3;
  return m;
}

}  // namespace pipeline::conformance
