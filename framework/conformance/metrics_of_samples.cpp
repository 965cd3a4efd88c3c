// Laws of metrics that look at samples: their order, right and wrong labels, and samples at the edge of a formula.
#include <cmath>
#include <functional>
#include <numeric>

#include "conformance/loose_metric.hpp"
#include "conformance/stage.hpp"

namespace pipeline::conformance {

namespace {
using study::Measured;
using study::MetricSection;

/// The same samples, class by class from the last class on: no two parts of them are alike any more.
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

void order_of_samples_does_not_matter(const Candidate& candidate, Findings& findings) {
  const auto stage = ordinary_stage();
  const MetricSection m = fitting(candidate, *stage);
  if (m.info.looks == Looks::at_weights) throw Skip("looks at no samples");
  if (m.info.order_matters) throw Skip("declares that the order of samples matters");
  const Stage turned(stage->start, stage->network, stage->rival, by_class(stage->train), by_class(stage->test),
                     by_class(stage->validation));
  const Measured a = stage->measure(m), b = turned.measure(m);
  if (a.rows.size() != b.rows.size() || a.sheets.size() != b.sheets.size())
    return findings.fail("gives more or fewer values where the same samples come in another order");
  // Float32 sums of 620 samples in another order differ by some 1e-6; three decimals are left for formulas that
  // amplify it: quotients of small differences, small singular values.
  const auto near = [](double x, double y, double size) {
    return (std::isnan(x) && std::isnan(y)) || std::abs(x - y) <= 1e-3 * size + 1e-9;
  };
  for (std::size_t i = 0; i < a.rows.size(); ++i) {
    const double x = a.rows[i].value, y = b.rows[i].value;
    findings.expect(near(x, y, std::max(std::abs(x), std::abs(y))),
                    row_name(a.rows[i]) + " is " + std::to_string(x) + ", and " + std::to_string(y) +
                        " where the same samples come in another order; say .order_matters = true if it should");
  }
  for (std::size_t i = 0; i < a.sheets.size(); ++i) {
    const arma::mat &x = a.sheets[i].values, &y = b.sheets[i].values;
    bool good = arma::size(x) == arma::size(y);
    for (arma::uword k = 0; good && k < x.n_elem; ++k) good = near(x[k], y[k], arma::abs(x).max());
    findings.expect(good, "'" + a.sheets[i].name + "' is another where the same samples come in another order");
  }
}

/// A network that knows the label of every one of its samples, and the samples.
struct Knowing {
  Bench bench{{36, 16, 12, 5}, 50};
  Network network;

  Knowing() {
    bench.samples.marked.clear();  // or their labels would be spoiled ones
    const auto model = bench.model({});
    bench.train(*model, 0, 1500);
    network = model->network();
    const Stage stage = on(bench.samples, bench.samples);
    const MetricSection right = share_right("right");
    if (stage.measure(right).rows.front().value != 1) throw std::logic_error("a network does not know its samples");
  }
  Stage on(const Samples& train, const Samples& others) const {
    return {bench.start, network, bench.start, train, others, others};
  }
};

/// On a pair built to differ: labels that are right, and labels that are all wrong.
void what_it_calls_better_is(const Candidate& candidate, Findings& findings) {
  static const Knowing knowing;
  const Samples& right = knowing.bench.samples;
  Samples wrong = right;
  for (std::uint16_t& label : wrong.labels) label = static_cast<std::uint16_t>((label + 1) % 5);
  const Stage good = knowing.on(right, right);
  const MetricSection m = fitting(candidate, good);
  if (m.info.better == Direction::neither) throw Skip("calls neither direction better");
  if (m.info.looks == Looks::at_weights) throw Skip("looks at no samples, so right and wrong labels are one to it");
  // Who looks at both splits is right on training images either way.
  const Stage bad = knowing.on(m.info.looks == Looks::at_train_and_test ? right : wrong, wrong);
  const Measured a = good.measure(m), b = bad.measure(m);
  bool differs = false;
  for (std::size_t i = 0; i < std::min(a.rows.size(), b.rows.size()); ++i) {
    const Row &x = a.rows[i], &y = b.rows[i];
    const double rise = x.value - y.value;
    if (x.layer || x.metric != y.metric || !(std::abs(rise) > 1e-6)) continue;
    differs = true;
    const bool higher = m.info.better == Direction::higher;
    findings.expect(higher ? rise > 0 : rise < 0,
                    row_name(x) + " is " + std::to_string(x.value) + " on right labels and " + std::to_string(y.value) +
                        " on wrong ones, yet says that " + (higher ? "higher" : "lower") + " is better");
  }
  if (!differs) throw Skip("no number of the whole network hangs on whether labels are right");
}

Samples of_columns(const arma::fmat& columns, std::size_t classes) {
  Samples s;
  s.floats = columns;
  for (std::size_t n = 0; n < columns.n_cols; ++n) s.labels.push_back(static_cast<std::uint16_t>(n % classes));
  return s;
}

void copes_with_edges(const Candidate& candidate, Findings& findings) {
  const auto stage = ordinary_stage();
  const MetricSection m = fitting(candidate, *stage);
  const auto cope = [&](const std::string& what, const Stage& on, bool ended = false) {
    findings.about(what);
    try {
      on.fits_or_skips(m);
      on.measure(on.network, {&m}, ended);  // refuses infinity, and NaN where describe() states no edge
    } catch (const Skip&) {
    } catch (const std::exception& e) {
      findings.fail(e.what());
    }
  };
  const auto on_all = [](const Network& network, const Samples& s) {
    return std::make_unique<Stage>(network, network, network, s, s, s);
  };
  const Network one_layer = learning::starting_network({{4, 3}, true}, {}, 1);
  Network zero = stage->network;
  for (Layer& l : zero.layers) l.W.zeros(), l.b.zeros();
  const arma::fmat grey(4, 1, arma::fill::value(.5f)), black(4, 7, arma::fill::zeros);
  cope("one sample, one layer", *on_all(one_layer, of_columns(grey, 3)));
  cope("black images, one layer", *on_all(one_layer, of_columns(black, 3)));
  cope("inputs below 0, one layer", *on_all(one_layer, of_columns(random_matrix(4, 7, 1), 3)));
  cope("one sample", *on_all(stage->network, of_columns(arma::fmat(36, 1, arma::fill::value(.5f)), 5)));
  cope("black images", *on_all(stage->network, of_columns(arma::fmat(36, 7, arma::fill::zeros), 5)));
  cope("one class only", *on_all(stage->network, of_columns(arma::abs(random_matrix(36, 7, 1)), 1)));
  cope("weights of 0", *on_all(zero, stage->test));
  cope("the untrained network", *on_all(stage->start, stage->test));
  if (!m.info.compares.empty()) cope("the model to compare with has ended", *stage, true);
}

}  // namespace

std::vector<Law> laws_of_metrics_of_samples() {
  return {
      {"order_of_samples_does_not_matter",
       "samples in another order give the same values, unless it declares otherwise", order_of_samples_does_not_matter},
      {"what_it_calls_better_is", "right labels are better than wrong ones, by the direction it states",
       what_it_calls_better_is},
      {"copes_with_edges", "one sample, one layer, black images: finite values, or the edge it declares",
       copes_with_edges},
  };
}

}  // namespace pipeline::conformance
