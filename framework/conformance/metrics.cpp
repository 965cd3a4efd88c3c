// Laws of metrics: they measure and never train, and say the same thing of the same network however they are asked.
#include <algorithm>
#include <barrier>
#include <cmath>
#include <exception>
#include <numeric>
#include <thread>

#include "conformance/stage.hpp"

namespace pipeline::conformance {

namespace {
using study::Measured;
using study::MetricSection;

// How often two threads measure at once: a race does not show every time.
constexpr int kTimes = 20;

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

/// Several models are measured at once, each by a thread, and one object serves them all.
void serves_models_at_once(const Candidate& candidate, Findings& findings) {
  const auto stage = ordinary_stage();
  const MetricSection m = fitting(candidate, *stage);
  const Network* networks[] = {&stage->network, &stage->rival};
  const Measured alone[] = {stage->measure(*networks[0], {&m}), stage->measure(*networks[1], {&m})};
  bool agrees[] = {true, true};
  std::exception_ptr thrown[2];
  std::barrier together(2);
  const auto work = [&](std::size_t i) {
    const learning::HandlerStack for_crashes;
    for (int time = 0; time < kTimes; ++time) {
      together.arrive_and_wait();
      if (!thrown[i]) try {
          agrees[i] &= same(alone[i], stage->measure(*networks[i], {&m}));
        } catch (...) {  // the other thread goes on, and must not wait for this one
          thrown[i] = std::current_exception();
        }
    }
  };
  {
    const std::jthread other([&] { work(1); });
    work(0);
  }
  for (const std::exception_ptr& e : thrown) try {
      if (e) std::rethrow_exception(e);
    } catch (const std::exception& what) {
      findings.fail(std::string("two networks at once, on two threads: ") + what.what());
    }
  findings.expect(agrees[0] && agrees[1],
                  "says another thing of two networks at once, on two threads, than one after the other: keep nothing "
                  "in members or globals, one object serves all models");
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
    const Measured together = stage->measure(stage->network, due);
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

/// nodes.h5 stacks the measurements of a name: each is there every time, and never changes its shape. (That none is
/// there twice the engine sees itself.)
void same_sheets(const Measured& at_start, const Measured& later, Findings& findings) {
  const auto shape = [](const study::Sheet& s) {
    return (s.is_vector ? "nodes of layer " + s.name : "matrix '" + s.name + "'") + " [" +
           std::to_string(s.values.n_rows) + " x " + std::to_string(s.values.n_cols) + "]";
  };
  if (at_start.sheets.size() != later.sheets.size())
    return findings.fail("gives " + std::to_string(at_start.sheets.size()) +
                         " vectors and matrices of the untrained network and " + std::to_string(later.sheets.size()) +
                         " of a trained one");
  for (std::size_t i = 0; i < later.sheets.size(); ++i) {
    const study::Sheet &a = at_start.sheets[i], &b = later.sheets[i];
    findings.expect(a.section == b.section && shape(a) == shape(b),
                    "gives " + shape(b) + " where it gave " + shape(a) + " of the untrained network");
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
  same_sheets(at_start, later, findings);
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
      {"serves_models_at_once", "two networks measured at once, on two threads, get the numbers they get alone",
       serves_models_at_once},
      {"says_the_same_beside_others", "it says the same thing alone and beside all other metrics",
       says_the_same_beside_others},
      {"names_its_rows_after_its_section", "the same rows, vectors and matrices at every step, named after its section",
       names_its_rows_after_its_section},
  };
}

}  // namespace pipeline::conformance
