// Laws of metrics that look at samples: their order, right and wrong labels, and the edge cases of a formula.
#include <cmath>
#include <functional>
#include <numeric>
#include <pipeline/quoted.hpp>

#include "conformance/metric_fixture.hpp"
#include "conformance/own_metrics.hpp"

namespace pipeline::conformance {

namespace {
using measuring::LiveMetric;
using measuring::Measured;

/// The same samples, sorted by class, the last class first, so that parts of them differ from each other.
Samples by_class(const Samples& s) {
  std::vector<arma::uword> order(s.size());
  std::iota(order.begin(), order.end(), arma::uword{0});
  std::ranges::stable_sort(order, std::greater{}, [&](arma::uword n) { return s.labels[n]; });
  Samples out = s;
  if (s.bytes.n_cols) out.bytes = s.bytes.cols(arma::uvec(order));
  if (s.floats.n_cols) out.floats = s.floats.cols(arma::uvec(order));
  for (std::size_t n = 0; n < order.size(); ++n) {
    out.labels[n] = s.labels[order[n]];
    if (!s.marked.empty()) out.marked[n] = s.marked[order[n]];
  }
  return out;
}

void sample_order_does_not_matter(const Candidate& candidate, Findings& findings) {
  const auto fixture = ordinary_fixture();
  const LiveMetric m = fitting(candidate, *fixture);
  if (m.config.info.looks == Looks::at_weights) throw Skip("looks at no samples");
  if (m.config.info.order_matters) throw Skip("declares that the order of samples matters");
  const MetricFixture reordered(fixture->start, fixture->network, fixture->rival, by_class(fixture->train),
                                by_class(fixture->test), by_class(fixture->validation));
  const Measured a = fixture->measure(m), b = reordered.measure(m);
  if (a.rows.size() != b.rows.size() || a.sheets.size() != b.sheets.size())
    return findings.fail("returns more or fewer values for the same samples in another order");
  // Float32 sums of 620 samples in another order differ by about 1e-6. The tolerance of 1e-3 allows for formulas that
  // amplify it: quotients of small differences, small singular values.
  const auto near = [](double x, double y, double size) {
    return (std::isnan(x) && std::isnan(y)) || std::abs(x - y) <= 1e-3 * size + 1e-9;
  };
  for (std::size_t i = 0; i < a.rows.size(); ++i) {
    const double x = a.rows[i].value, y = b.rows[i].value;
    findings.expect(near(x, y, std::max(std::abs(x), std::abs(y))),
                    row_name(a.rows[i]) + " is " + std::to_string(x) + ", but " + std::to_string(y) +
                        " for the same samples in another order; set .order_matters = true if that is intended");
  }
  for (std::size_t i = 0; i < a.sheets.size(); ++i) {
    const arma::mat &x = a.sheets[i].values, &y = b.sheets[i].values;
    bool good = arma::size(x) == arma::size(y);
    for (arma::uword k = 0; good && k < x.n_elem; ++k) good = near(x[k], y[k], arma::abs(x).max());
    findings.expect(good, pipeline::quoted(a.sheets[i].name) + " differs for the same samples in another order");
  }
}

/// Samples, and a network that classifies all of them correctly.
struct FittedNetwork {
  TrainingFixture training{{36, 16, 12, 5}, 50};
  Network network;

  FittedNetwork() {
    training.samples.marked.clear();  // marks would mean that their labels were changed
    const auto model = training.model({});
    training.train(*model, 0, 1500);
    network = model->network();
    const MetricFixture fixture = on(training.samples, training.samples);
    const experiment::MetricConfig config = share_right("right");
    const LiveMetric right{config, config.plugin.make()};
    if (fixture.measure(right).rows.front().value != 1)
      throw std::logic_error("the network does not classify its samples correctly");
  }
  MetricFixture on(const Samples& train, const Samples& others) const {
    return {training.start, network, training.start, train, others, others};
  }
};

/// The network must be better on its own labels than on labels that are all wrong.
void direction_is_right(const Candidate& candidate, Findings& findings) {
  static const FittedNetwork fitted;
  const Samples& right = fitted.training.samples;
  Samples wrong = right;
  for (std::uint16_t& label : wrong.labels) label = static_cast<std::uint16_t>((label + 1) % 5);
  const MetricFixture good = fitted.on(right, right);
  const LiveMetric m = fitting(candidate, good);
  if (m.config.info.better == Direction::neither) throw Skip("calls neither direction better");
  if (m.config.info.looks == Looks::at_weights) throw Skip("looks at no samples, so labels do not matter to it");
  // Where a metric looks at both splits, only the test labels are wrong.
  const MetricFixture bad = fitted.on(m.config.info.looks == Looks::at_train_and_test ? right : wrong, wrong);
  const Measured a = good.measure(m), b = bad.measure(m);
  bool differs = false;
  for (std::size_t i = 0; i < std::min(a.rows.size(), b.rows.size()); ++i) {
    const Row &x = a.rows[i], &y = b.rows[i];
    const double rise = x.value - y.value;
    if (x.layer || x.metric != y.metric || !(std::abs(rise) > 1e-6)) continue;
    differs = true;
    const bool higher = m.config.info.better == Direction::higher;
    findings.expect(higher ? rise > 0 : rise < 0,
                    row_name(x) + " is " + std::to_string(x.value) + " on right labels and " + std::to_string(y.value) +
                        " on wrong ones, but it states that " + (higher ? "higher" : "lower") + " is better");
  }
  if (!differs) throw Skip("no value for the whole network depends on the labels");
}

Samples of_columns(const arma::fmat& columns, std::size_t classes) {
  Samples s;
  s.floats = columns;
  for (std::size_t n = 0; n < columns.n_cols; ++n) s.labels.push_back(static_cast<std::uint16_t>(n % classes));
  return s;
}

void handles_edge_cases(const Candidate& candidate, Findings& findings) {
  const auto fixture = ordinary_fixture();
  const LiveMetric m = fitting(candidate, *fixture);
  const auto attempt = [&](const std::string& what, const MetricFixture& on, bool ended = false) {
    findings.about(what);
    try {
      on.fits_or_skips(m);
      on.measure(on.network, {&m}, ended);  // refuses an infinity, and a NaN where describe() states no undefined case
    } catch (const Skip&) {
    } catch (const std::exception& e) {
      findings.fail(e.what());
    }
  };
  const auto on_all = [](const Network& network, const Samples& s) {
    return std::make_unique<MetricFixture>(network, network, network, s, s, s);
  };
  const Network one_layer = learning::starting_network({{4, 3}, true}, {}, 1);
  Network zero = fixture->network;
  for (Layer& l : zero.layers) l.W.zeros(), l.b.zeros();
  const arma::fmat grey(4, 1, arma::fill::value(.5f)), black(4, 7, arma::fill::zeros);
  attempt("one sample, one layer", *on_all(one_layer, of_columns(grey, 3)));
  attempt("black images, one layer", *on_all(one_layer, of_columns(black, 3)));
  attempt("negative inputs, one layer", *on_all(one_layer, of_columns(random_matrix(4, 7, 1), 3)));
  attempt("one sample", *on_all(fixture->network, of_columns(arma::fmat(36, 1, arma::fill::value(.5f)), 5)));
  attempt("black images", *on_all(fixture->network, of_columns(arma::fmat(36, 7, arma::fill::zeros), 5)));
  attempt("one class only", *on_all(fixture->network, of_columns(arma::abs(random_matrix(36, 7, 1)), 1)));
  attempt("weights of 0", *on_all(zero, fixture->test));
  attempt("the untrained network", *on_all(fixture->start, fixture->test));
  if (!m.config.info.compares.empty()) attempt("the model to compare with has ended", *fixture, true);
}

}  // namespace

std::vector<Law> laws_of_metrics_of_samples() {
  return {
      {"sample_order_does_not_matter",
       "samples in another order give the same values, unless it declares that their order matters",
       sample_order_does_not_matter},
      {"direction_is_right", "right labels are better than wrong ones, in the direction that it states",
       direction_is_right},
      {"handles_edge_cases", "one sample, one layer, black images: finite values, or the undefined case it states",
       handles_edge_cases},
  };
}

}  // namespace pipeline::conformance
