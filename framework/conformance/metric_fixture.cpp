#include "conformance/metric_fixture.hpp"

#include <cmath>

namespace pipeline::conformance {
using measuring::LiveMetric;
using measuring::Measured;

namespace {

// More than one block, the last one shorter, so that a metric that averages blocks instead of samples fails.
constexpr std::size_t kSamples = 620;

Network trained(const TrainingFixture& training, std::uint64_t from, std::uint64_t to) {
  const auto model = training.model({});
  training.train(*model, from, to);
  return model->network();
}

bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

MetricFixture::MetricFixture(Network untrained, Network trained, Network other, Samples on_train, Samples on_test,
                             Samples on_validation)
    : train(std::move(on_train)),
      test(std::move(on_test)),
      validation(std::move(on_validation)),
      start(std::move(untrained)),
      network(std::move(trained)),
      rival(std::move(other)) {}

NetworkShape MetricFixture::shape() const {
  NetworkShape s;
  s.sizes.push_back(network.layer(1).inputs());
  for (const Layer& l : network.layers) s.sizes.push_back(l.outputs());
  s.output_bias = !network.layers.back().b.is_empty();
  return s;
}

void MetricFixture::fits_or_skips(const LiveMetric& m) const {
  try {
    plugins::call({"metric", m.config.plugin.name.c_str(), "Metric::check", "", 0},
                  [&] { m.metric->check(shape(), test_inputs.nonnegative()); });
  } catch (const Misfit& e) {
    throw Skip(std::string("does not fit the network that it is tried on: ") + e.what() +
               "; give another PARAMETER=VALUE");
  }
}

Measured MetricFixture::measure(const Network& of, const std::vector<const LiveMetric*>& due, bool ended) const {
  const learning::Entries none;
  const measuring::Subject control{"control", start, start, none}, other{"rival", rival, start, none};
  measuring::Subject subject{"model", of, start, none};
  subject.learning_rate = 0.1;
  for (const LiveMetric* m : due)
    for (const std::string& name : m->config.info.compares)
      subject.others[name] = name == "control" ? &control : ended ? nullptr : &other;
  return measuring::measure(subject, step, due, {&train_inputs, &test_inputs, &validation_inputs});
}

std::unique_ptr<MetricFixture> ordinary_fixture() {
  const TrainingFixture training({36, 16, 12, 5}, kSamples);
  return std::make_unique<MetricFixture>(training.start, trained(training, 0, 40), trained(training, 40, 90),
                                         training.samples, made_samples(36, 5, kSamples, 1),
                                         made_samples(36, 5, kSamples, 2));
}

LiveMetric section_of(const Candidate& candidate) {
  experiment::MetricConfig m;
  m.name = candidate.plugin.name;
  m.plugin = {m.name, {}, [candidate] { return Made<Metric>(candidate).object; }};
  const auto object = m.plugin.make();
  m.info = plugins::call({"metric", m.name.c_str(), "Metric::describe", "", 0}, [&] { return object->describe(); });
  m.on = m.info.on;
  return {m, object};
}

LiveMetric fitting(const Candidate& candidate, const MetricFixture& fixture) {
  needs_values_for<Metric>(candidate);
  LiveMetric m = section_of(candidate);
  fixture.fits_or_skips(m);
  return m;
}

bool same(const Measured& a, const Measured& b) {
  return std::ranges::equal(a.rows, b.rows,
                            [](const Row& x, const Row& y) {
                              return x.metric == y.metric && x.layer == y.layer && same_number(x.value, y.value);
                            }) &&
         std::ranges::equal(a.sheets, b.sheets, [](const measuring::Sheet& x, const measuring::Sheet& y) {
           return x.section == y.section && x.name == y.name && x.is_vector == y.is_vector &&
                  arma::size(x.values) == arma::size(y.values) && std::ranges::equal(x.values, y.values, same_number);
         });
}

std::string row_name(const Row& row) { return row.metric + (row.layer ? ", layer " + std::to_string(row.layer) : ""); }

}  // namespace pipeline::conformance
