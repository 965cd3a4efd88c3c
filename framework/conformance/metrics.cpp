// Laws of metrics: they measure and never train, and say the same thing of the same network however they are asked.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "conformance/bench.hpp"
#include "study/evaluation.hpp"
#include "study/study.hpp"

namespace pipeline::conformance {

namespace {
using study::Measured;
using study::MetricSection;

// More than one block, the last one shorter: who weighs blocks instead of samples is found out.
constexpr std::size_t kSamples = 620;

MetricSection section_of(const Candidate& candidate) {
  MetricSection m;
  m.name = m.plugin = candidate.plugin.name;
  m.object = Made<Metric>(candidate).object;
  m.info = m.object->describe();
  m.on = m.info.on;
  return m;
}

/// The network, samples and models that metrics are tried on.
struct Stage {
  Samples train, test, validation;
  learning::Inputs train_inputs{train}, test_inputs{test}, validation_inputs{validation};
  Network start, network, rival;
  std::uint64_t step = 40;

  Stage(Network untrained, Network trained, Network other, Samples on_train, Samples on_test, Samples on_validation)
      : train(std::move(on_train)),
        test(std::move(on_test)),
        validation(std::move(on_validation)),
        start(std::move(untrained)),
        network(std::move(trained)),
        rival(std::move(other)) {}
  Stage(const Stage&) = delete;

  NetworkShape shape() const {
    NetworkShape s;
    s.sizes.push_back(network.layer(1).inputs());
    for (const Layer& l : network.layers) s.sizes.push_back(l.outputs());
    s.output_bias = !network.layers.back().b.is_empty();
    return s;
  }
  /// Skips where check() refuses this network.
  void fits_or_skips(const MetricSection& m) const {
    try {
      m.object->check(shape(), test_inputs.nonnegative());
    } catch (const std::invalid_argument& e) {
      throw Skip(std::string("does not fit the network on which it is tried: ") + e.what() +
                 "; give another PARAMETER=VALUE");
    }
  }

  /// `ended`: the models to compare with are there no more.
  Measured measure(const std::vector<const MetricSection*>& due, bool ended = false) const {
    const learning::Entries none;
    const study::Subject control{"control", start, start, none}, other{"rival", rival, start, none};
    study::Subject subject{"model", network, start, none};
    for (const MetricSection* m : due)
      for (const std::string& name : m->info.compares)
        subject.others[name] = name == "control" ? &control : ended ? nullptr : &other;
    return study::measure(subject, step, due, {&train_inputs, &test_inputs, &validation_inputs});
  }
  Measured measure(const MetricSection& m) const { return measure({&m}); }
};

Network trained(const Bench& bench, std::uint64_t from, std::uint64_t to) {
  const auto model = bench.model({});
  bench.train(*model, from, to);
  return model->network();
}

std::unique_ptr<Stage> ordinary_stage() {
  const Bench bench({36, 16, 12, 5}, kSamples);
  return std::make_unique<Stage>(bench.start, trained(bench, 0, 40), trained(bench, 40, 90), bench.samples,
                                 made_samples(36, 5, kSamples, 1), made_samples(36, 5, kSamples, 2));
}

bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

bool same(const Measured& a, const Measured& b) {
  return std::ranges::equal(a.rows, b.rows,
                            [](const Row& x, const Row& y) {
                              return x.metric == y.metric && x.layer == y.layer && same_number(x.value, y.value);
                            }) &&
         std::ranges::equal(a.sheets, b.sheets, [](const study::Sheet& x, const study::Sheet& y) {
           return x.name == y.name && std::ranges::equal(x.values, y.values, same_number);
         });
}

std::string row_name(const Row& row) { return row.metric + (row.layer ? ", layer " + std::to_string(row.layer) : ""); }

/// The section, fitting; every law begins with it.
MetricSection fitting(const Candidate& candidate, const Stage& stage) {
  needs_values_for<Metric>(candidate);
  MetricSection m = section_of(candidate);
  stage.fits_or_skips(m);
  return m;
}

void states_unit_and_direction(const Candidate& candidate, Findings& findings) {
  needs_values_for<Metric>(candidate);
  const MetricInfo info = section_of(candidate).info;
  findings.expect(!info.unit.empty(), "states no unit; \"count\" or \"share of ...\" will do");
  findings.expect(
      info.better == Direction::neither || info.better == Direction::higher || info.better == Direction::lower,
      "states no direction that there is");
  findings.expect(info.on == "test" || info.on == "train" || info.on == "validation" || info.on == "both",
                  "looks at '" + info.on + "' by default, which is no split");
}

void says_what_does_not_fit(const Candidate& candidate, Findings& findings) {
  needs_values_for<Metric>(candidate);
  const Made<Metric> made(candidate);
  for (const std::vector<std::size_t>& sizes :
       {std::vector<std::size_t>{36, 16, 12, 5}, {1, 2}, {1, 1, 2}, {784, 100, 10}})
    for (const bool nonnegative : {false, true}) try {
        made.object->check({sizes, true}, nonnegative);
      } catch (const std::invalid_argument& e) {
        begins_with_a_parameter(e.what(), made.parameters, findings);
      }
}

/// What may be changed behind a metric's back if it gets the chance: masks that are drawn, a penalty, a kept array.
class Disturbed final : public Regulariser, public ActivationChange, public WeightPenalty, public AfterUpdate {
  PerLayer seen_;
  void keep(State& state) override {
    state.per_layer("seen", seen_, Life::kept,
                    [&](std::size_t l) { return State::Size{l ? state.network().outputs(l) : 0}; });
  }
  void silence(Activations h, const Step& step) const {
    const Random draws = step.random.in_layer(static_cast<std::uint32_t>(h.layer));
    draws.bernoulli(0.5, h.values.n_elem, [&](std::size_t i, bool kept) { h.values[i] *= kept ? 2.f : 0.f; });
  }
  void forward(Activations h, const Step& step) const override { silence(h, step); }
  void backward(Activations g, const Step& step) const override { silence(g, step); }
  double value(std::span<const float> w, const Tile&) const override {
    return 0.5e-3 * std::inner_product(w.begin(), w.end(), w.begin(), 0.0);
  }
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile&) const override {
    for (std::size_t i = 0; i < w.size(); ++i) g[i] += 1e-3f * w[i];
  }
  void after_update(std::span<float> w, const Tile& t, const Step&) const override { seen_.at(t.layer)(0) += w[0]; }
};

void leaves_training_as_it_was(const Candidate& candidate, Findings& findings) {
  const auto stage = ordinary_stage();
  const MetricSection m = fitting(candidate, *stage);
  const Bench bench({36, 16, 12, 5}, 60);
  const auto make = [&] {
    learning::Entries entries;
    entries.emplace_back("disturbed", std::make_shared<Disturbed>(), learning::Scope{}, 1, "model",
                         [] { return std::make_shared<Disturbed>(); });
    return bench.model(std::move(entries));
  };
  const auto measured = make(), plain = make();
  const learning::Entries none;
  const study::Subject control{"control", bench.start, bench.start, none};
  for (std::uint64_t t = 0; t < 6; ++t) {
    const Network before = measured->network();
    study::Subject subject{"model",
                           measured->network(),
                           bench.start,
                           measured->entries(),
                           [&] { return measured->weight_penalty(before); },
                           [&](const learning::Pass& pass) { return measured->batch_penalty(before, pass); }};
    for (const std::string& name : m.info.compares) subject.others[name] = &control;
    study::measure(subject, t, {&m}, {&bench.inputs, &bench.inputs, &bench.inputs});
    findings.expect(same_bits(before, measured->network()), "changes the weights that it measures");
    bench.train(*measured, t, t + 1), bench.train(*plain, t, t + 1);
  }
  findings.expect(same_bits(measured->network(), plain->network()) && same_bits(measured->states(), plain->states()),
                  "a model that it measures trains differently from one that it does not");
}

void gives_finite_values(const Candidate& candidate, Findings& findings) {
  const auto stage = ordinary_stage();
  const MetricSection m = fitting(candidate, *stage);
  const Measured found = stage->measure(m);
  findings.expect(found.rows.size() + found.sheets.size() > 0, "gives nothing at all");
  const bool edge = !m.info.edge.empty();  // a trained network may lie on it: the engine refuses a NaN without one
  for (const Row& row : found.rows)
    findings.expect(std::isfinite(row.value) || (edge && std::isnan(row.value)),
                    row_name(row) + " is no number, of a trained network and 620 images");
  for (const study::Sheet& sheet : found.sheets)
    findings.expect(sheet.values.is_finite(),
                    "'" + sheet.name + "' holds what is no number, of a trained network and 620 images");
}

void says_the_same_again(const Candidate& candidate, Findings& findings) {
  const auto stage = ordinary_stage();
  const MetricSection one = fitting(candidate, *stage), two = fitting(candidate, *stage);
  const Measured first = stage->measure(one);
  findings.expect(same(first, stage->measure(one)), "says another thing when it is asked again");
  findings.expect(same(first, stage->measure(two)), "another object of it says another thing");
}

void says_the_same_beside_others(const Candidate& candidate, Findings& findings) {
  const auto stage = ordinary_stage();
  const MetricSection m = fitting(candidate, *stage);
  // Those that came with the program, as far as they need nothing to be told.
  plugins::Catalogue shipped(plugins::search_path({}, false));
  std::vector<MetricSection> all;
  for (const std::string& name : shipped.names("metric")) try {
      if (name == m.plugin) continue;
      const Candidate other{shipped.load("metric", name)};
      all.push_back(fitting(other, *stage));
      stage->measure(all.back());
    } catch (const std::exception&) {  // its own trial is not this one
      if (!all.empty() && all.back().plugin == name) all.pop_back();
    }
  for (const bool first : {true, false}) {
    std::vector<const MetricSection*> due;
    for (const MetricSection& other : all) due.push_back(&other);
    due.insert(first ? due.begin() : due.end(), &m);
    const Measured together = stage->measure(due);
    Measured of_this;
    for (const Row& row : together.rows)
      if (row.metric == m.name || row.metric.starts_with(m.name + ".")) of_this.rows.push_back(row);
    for (const study::Sheet& sheet : together.sheets)
      if (sheet.section == m.name || sheet.section.starts_with(m.name + ".")) of_this.sheets.push_back(sheet);
    findings.expect(same(of_this, stage->measure(m)),
                    "says another thing beside all other metrics than alone; a key that it shares may mean something "
                    "else to another");
  }
}

/// The same samples from the last to the first.
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

void names_its_rows_after_its_section(const Candidate& candidate, Findings& findings) {
  const auto stage = ordinary_stage();
  MetricSection m = fitting(candidate, *stage);
  m.name = "section";
  const Measured later = stage->measure(m);
  stage->network = stage->start;
  stage->step = 0;
  const Measured at_start = stage->measure(m);
  if (at_start.rows.size() != later.rows.size())
    return findings.fail("gives " + std::to_string(at_start.rows.size()) + " values of the untrained network and " +
                         std::to_string(later.rows.size()) + " of a trained one");
  for (std::size_t i = 0; i < later.rows.size(); ++i) {
    const Row &a = at_start.rows[i], &b = later.rows[i];
    findings.expect(b.metric == "section" || b.metric.starts_with("section."), "a row is called " + b.metric);
    findings.expect(a.metric == b.metric && a.layer == b.layer,
                    "gives " + row_name(b) + " where it gave " + row_name(a) + " of the untrained network");
    if (i && b.metric == later.rows[i - 1].metric)
      findings.expect(b.layer > later.rows[i - 1].layer, "gives its layers out of order");
  }
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
      on.measure({&m}, ended);  // refuses infinity, and NaN where describe() states no edge
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

void prints_nothing(const Candidate& candidate, Findings& findings) {
  const auto stage = ordinary_stage();
  const MetricSection m = fitting(candidate, *stage);
  const std::string printed = printed_by([&] { stage->measure(m); });
  findings.expect(printed.empty(), "prints '" + printed.substr(0, 60) + "'");
}

}  // namespace

std::vector<Law> laws_of_metrics() {
  return {
      {"states_unit_and_direction", "it states its unit and which way is better", states_unit_and_direction},
      {"says_what_does_not_fit", "where it fits no network, its words begin with a parameter", says_what_does_not_fit},
      {"gives_finite_values", "a trained network has finite values, or the edge it declares", gives_finite_values},
      {"prints_nothing", "it prints nothing", prints_nothing},
      {"leaves_training_as_it_was", "measuring changes neither weights nor what is trained next",
       leaves_training_as_it_was},
      {"says_the_same_again", "it says the same thing when it is asked again", says_the_same_again},
      {"says_the_same_beside_others", "it says the same thing alone and beside all other metrics",
       says_the_same_beside_others},
      {"order_of_samples_does_not_matter",
       "samples in another order give the same values, unless it declares otherwise", order_of_samples_does_not_matter},
      {"names_its_rows_after_its_section", "the same rows at every step, named after its section, layers ascending",
       names_its_rows_after_its_section},
      {"copes_with_edges", "one sample, one layer, black images: finite values, or the edge it declares",
       copes_with_edges},
  };
}

}  // namespace pipeline::conformance
