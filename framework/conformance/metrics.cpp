// Laws of metrics: measuring never affects training, and the same network always gets the same values.
#include <algorithm>
#include <barrier>
#include <cmath>
#include <exception>
#include <numeric>
#include <pipeline/quoted.hpp>
#include <thread>

#include "base/signal_stack.hpp"
#include "base/utf8.hpp"
#include "conformance/metric_fixture.hpp"
#include "conformance/process_watch.hpp"

namespace pipeline::conformance {

namespace {
using measuring::LiveMetric;
using measuring::Measured;

// Repetitions of a concurrent measurement, because a race does not show every time.
constexpr int kTimes = 20;

void states_unit_and_direction(const Candidate& candidate, Findings& findings) {
  needs_values_for<Metric>(candidate);
  const MetricInfo info = section_of(candidate).config.info;
  findings.expect(!info.unit.empty(), "states no unit; write \"count\" or \"share of ...\", for example");
  findings.expect(
      info.better == Direction::neither || info.better == Direction::higher || info.better == Direction::lower,
      "states a direction that does not exist");
  findings.expect(info.on == "test" || info.on == "train" || info.on == "validation" || info.on == "both",
                  "looks at " + pipeline::quoted(info.on) + " by default, which is not a split");
}

void misfit_names_a_parameter(const Candidate& candidate, Findings& findings) {
  needs_values_for<Metric>(candidate);
  const Made<Metric> made(candidate);
  for (const std::vector<std::size_t>& sizes :
       {std::vector<std::size_t>{36, 16, 12, 5}, {1, 2}, {1, 1, 2}, {784, 100, 10}})
    for (const bool nonnegative : {false, true}) try {
        made.call("Metric::check", [&] { made.object->check({sizes, true}, nonnegative); });
      } catch (const Misfit& e) {
        expect_known_parameter(e, made.parameters, findings);
      }
}

/// A regulariser whose results a metric could change by mistake: random masks, a penalty, an array.
class Sensitive final : public Regulariser, public ActivationChange, public WeightPenalty, public AfterUpdate {
  PerLayer seen_;
  void declare_state(State& state) override {
    state.per_layer("seen", seen_, Life::kept,
                    [&](std::size_t l) { return State::Size{l ? state.network().outputs(l) : 0}; });
  }
  void mask(Activations h, const Step& step) const {
    const Random draws = step.random.in_layer(static_cast<std::uint32_t>(h.layer));
    draws.bernoulli(0.5, h.values.n_elem, [&](std::size_t i, bool kept) { h.values[i] *= kept ? 2.f : 0.f; });
  }
  void forward(Activations h, const Step& step) const override { mask(h, step); }
  void backward(Activations g, const Step& step) const override { mask(g, step); }
  double value(std::span<const float> w, const Tile&, const Step&) const override {
    return 0.5e-3 * std::inner_product(w.begin(), w.end(), w.begin(), 0.0);
  }
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile&, const Step&) const override {
    for (std::size_t i = 0; i < w.size(); ++i) g[i] += 1e-3f * w[i];
  }
  void after_update(std::span<float> w, const Tile& t, const Step&) const override { seen_.at(t.layer)(0) += w[0]; }
};

void does_not_affect_training(const Candidate& candidate, Findings& findings) {
  const auto fixture = ordinary_fixture();
  const LiveMetric m = fitting(candidate, *fixture);
  const TrainingFixture training({36, 16, 12, 5}, 60);
  const auto make = [&] {
    learning::Entries entries;
    entries.emplace_back("sensitive", std::make_shared<Sensitive>(), learning::Scope{}, 1, "model",
                         [] { return std::make_shared<Sensitive>(); });
    return training.model(std::move(entries));
  };
  const auto measured = make(), plain = make();
  const learning::Entries none;
  const measuring::Subject control{"control", training.start, training.start, none};
  for (std::uint64_t t = 0; t < 6; ++t) {
    const Network before = measured->network();
    measuring::Subject subject{"model",
                               measured->network(),
                               training.start,
                               measured->entries(),
                               [&] { return measured->weight_penalty(before); },
                               [&](const learning::Pass& pass, const arma::fmat& targets) {
                                 return measured->batch_penalty(before, pass, targets);
                               }};
    for (const std::string& name : m.config.info.compares) subject.others[name] = &control;
    measuring::measure(subject, t, {&m}, {&training.inputs, &training.inputs, &training.inputs});
    findings.expect(same_bits(before, measured->network()), "changes the weights that it measures");
    training.train(*measured, t, t + 1), training.train(*plain, t, t + 1);
  }
  findings.expect(same_bits(measured->network(), plain->network()) && same_bits(measured->states(), plain->states()),
                  "a model trains differently when it is measured");
}

void values_are_finite(const Candidate& candidate, Findings& findings) {
  const auto fixture = ordinary_fixture();
  const LiveMetric m = fitting(candidate, *fixture);
  const Measured found = fixture->measure(m);
  findings.expect(found.rows.size() + found.sheets.size() > 0, "returns no results");
  // Even a trained network may be such a case; without a stated one the engine refuses a NaN.
  const bool may_be_undefined = !m.config.info.undefined.empty();
  for (const Row& row : found.rows)
    findings.expect(std::isfinite(row.value) || (may_be_undefined && std::isnan(row.value)),
                    row_name(row) + " is not finite for a trained network and 620 samples");
  for (const measuring::Sheet& sheet : found.sheets)
    findings.expect(
        sheet.values.is_finite(),
        pipeline::quoted(sheet.name) + " has a value that is not finite for a trained network and 620 samples");
}

void same_values_when_repeated(const Candidate& candidate, Findings& findings) {
  const auto fixture = ordinary_fixture();
  const LiveMetric one = fitting(candidate, *fixture), two = fitting(candidate, *fixture);
  const Measured first = fixture->measure(one);
  findings.expect(same(first, fixture->measure(one)), "returns other values when it measures again");
  findings.expect(same(first, fixture->measure(two)), "another object of this plugin returns other values");
}

/// Several models are measured concurrently, one per thread, all with the same object.
void measures_models_concurrently(const Candidate& candidate, Findings& findings) {
  const auto fixture = ordinary_fixture();
  const LiveMetric m = fitting(candidate, *fixture);
  const Network* networks[] = {&fixture->network, &fixture->rival};
  const Measured alone[] = {fixture->measure(*networks[0], {&m}), fixture->measure(*networks[1], {&m})};
  bool agrees[] = {true, true};
  std::exception_ptr thrown[2];
  std::barrier together(2);
  const auto work = [&](std::size_t i) {
    const base::SignalStack for_crashes;
    for (int time = 0; time < kTimes; ++time) {
      together.arrive_and_wait();
      if (!thrown[i]) try {
          agrees[i] &= same(alone[i], fixture->measure(*networks[i], {&m}));
        } catch (...) {  // rethrown below; the barrier must not keep the other thread waiting
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
      findings.fail(std::string("two networks measured concurrently: ") + what.what());
    }
  findings.expect(agrees[0] && agrees[1],
                  "returns other values for two networks measured concurrently than one after the other: store nothing "
                  "in members or global variables, because one object measures all models");
}

void same_values_beside_other_metrics(const Candidate& candidate, Findings& findings) {
  const auto fixture = ordinary_fixture();
  const LiveMetric m = fitting(candidate, *fixture);
  // The built-in metrics that need no parameters.
  plugins::Catalogue built_in(plugins::search_path({}, false));
  std::vector<LiveMetric> all;
  for (const std::string& name : built_in.names(plugins::PluginKind::metric)) try {
      if (name == m.config.plugin.name) continue;
      const Candidate other{built_in.load(plugins::PluginKind::metric, name)};
      all.push_back(fitting(other, *fixture));
      fixture->measure(all.back());
    } catch (const std::exception&) {  // it does not fit the fixture
      if (!all.empty() && all.back().config.plugin.name == name) all.pop_back();
    }
  for (const bool first : {true, false}) {
    std::vector<const LiveMetric*> due;
    due.reserve(all.size());
    for (const LiveMetric& other : all) due.push_back(&other);
    due.insert(first ? due.begin() : due.end(), &m);
    const Measured together = fixture->measure(fixture->network, due);
    Measured of_this;
    for (const Row& row : together.rows)
      if (row.metric == m.config.name || row.metric.starts_with(m.config.name + ".")) of_this.rows.push_back(row);
    for (const measuring::Sheet& sheet : together.sheets)
      if (sheet.section == m.config.name || sheet.section.starts_with(m.config.name + "."))
        of_this.sheets.push_back(sheet);
    findings.expect(same(of_this, fixture->measure(m)),
                    "returns other values beside all other metrics than alone: its type and arguments must determine "
                    "each object that it shares");
  }
}

/// nodes.h5 stacks the measurements of each name, so each must be there every time, in the same shape. (The engine
/// itself refuses duplicates.)
void same_sheets(const Measured& at_start, const Measured& later, Findings& findings) {
  const auto shape = [](const measuring::Sheet& s) {
    return (s.is_vector ? "nodes of layer " + s.name : "matrix " + pipeline::quoted(s.name)) + " [" +
           std::to_string(s.values.n_rows) + " x " + std::to_string(s.values.n_cols) + "]";
  };
  if (at_start.sheets.size() != later.sheets.size())
    return findings.fail("returns " + std::to_string(at_start.sheets.size()) +
                         " vectors and matrices for the untrained network and " + std::to_string(later.sheets.size()) +
                         " for a trained one");
  for (std::size_t i = 0; i < later.sheets.size(); ++i) {
    const measuring::Sheet &a = at_start.sheets[i], &b = later.sheets[i];
    findings.expect(a.section == b.section && shape(a) == shape(b),
                    "returns " + shape(b) + " where it returned " + shape(a) + " for the untrained network");
  }
}

void rows_are_named_after_the_section(const Candidate& candidate, Findings& findings) {
  const auto fixture = ordinary_fixture();
  LiveMetric m = fitting(candidate, *fixture);
  m.config.name = "section";
  const Measured later = fixture->measure(m);
  fixture->network = fixture->start;
  fixture->step = 0;
  const Measured at_start = fixture->measure(m);
  if (at_start.rows.size() != later.rows.size())
    return findings.fail("returns " + std::to_string(at_start.rows.size()) + " values for the untrained network and " +
                         std::to_string(later.rows.size()) + " for a trained one");
  for (std::size_t i = 0; i < later.rows.size(); ++i) {
    const Row &a = at_start.rows[i], &b = later.rows[i];
    findings.expect(b.metric == "section" || b.metric.starts_with("section."), "a row is named " + b.metric);
    findings.expect(a.metric == b.metric && a.layer == b.layer,
                    "returns " + row_name(b) + " where it returned " + row_name(a) + " for the untrained network");
    if (i && b.metric == later.rows[i - 1].metric)
      findings.expect(b.layer > later.rows[i - 1].layer, "returns its layers out of order");
  }
  same_sheets(at_start, later, findings);
}

void prints_nothing(const Candidate& candidate, Findings& findings) {
  const auto fixture = ordinary_fixture();
  const LiveMetric m = fitting(candidate, *fixture);
  const std::string printed = printed_by([&] { fixture->measure(m); });
  findings.expect(printed.empty(), "prints " + base::quoted(printed));
}

void leaves_the_process_as_it_was(const Candidate& candidate, Findings& findings) {
  const auto fixture = ordinary_fixture();
  ProcessWatch watch(findings);
  const LiveMetric m = fitting(candidate, *fixture);
  watch.after("being created");
  fixture->measure(m);
  watch.after("Metric::measure");
}

}  // namespace

std::vector<Law> laws_of_metrics() {
  return {
      {"states_unit_and_direction", "it states its unit and which direction is better", states_unit_and_direction},
      {"misfit_names_a_parameter", "where it does not fit a network, its Misfit names one of its parameters",
       misfit_names_a_parameter},
      {"values_are_finite", "the values of a trained network are finite, or undefined where it states such a case",
       values_are_finite},
      {"leaves_the_process_as_it_was",
       "it restores what it changes for everybody: rounding, locale, working directory, signal handlers, ...",
       leaves_the_process_as_it_was},
      {"prints_nothing", "it prints nothing", prints_nothing},
      {"does_not_affect_training", "measuring changes neither the weights nor the training after it",
       does_not_affect_training},
      {"same_values_when_repeated", "measuring again returns the same values", same_values_when_repeated},
      {"measures_models_concurrently", "two networks measured concurrently have the same values as one after the other",
       measures_models_concurrently},
      {"same_values_beside_other_metrics", "its values are the same alone and beside all other metrics",
       same_values_beside_other_metrics},
      {"rows_are_named_after_the_section",
       "it returns the same rows, vectors and matrices at every step, with rows named after its section",
       rows_are_named_after_the_section},
  };
}

}  // namespace pipeline::conformance
