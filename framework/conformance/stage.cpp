#include "conformance/stage.hpp"

#include <cmath>

namespace pipeline::conformance {
using study::Measured;
using study::MetricSection;

namespace {

// More than one block, the last one shorter: who weighs blocks instead of samples is found out.
constexpr std::size_t kSamples = 620;

Network trained(const Bench& bench, std::uint64_t from, std::uint64_t to) {
  const auto model = bench.model({});
  bench.train(*model, from, to);
  return model->network();
}

bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

Stage::Stage(Network untrained, Network trained, Network other, Samples on_train, Samples on_test,
             Samples on_validation)
    : train(std::move(on_train)),
      test(std::move(on_test)),
      validation(std::move(on_validation)),
      start(std::move(untrained)),
      network(std::move(trained)),
      rival(std::move(other)) {}

NetworkShape Stage::shape() const {
  NetworkShape s;
  s.sizes.push_back(network.layer(1).inputs());
  for (const Layer& l : network.layers) s.sizes.push_back(l.outputs());
  s.output_bias = !network.layers.back().b.is_empty();
  return s;
}

void Stage::fits_or_skips(const MetricSection& m) const {
  try {
    m.object->check(shape(), test_inputs.nonnegative());
  } catch (const std::invalid_argument& e) {
    throw Skip(std::string("does not fit the network on which it is tried: ") + e.what() +
               "; give another PARAMETER=VALUE");
  }
}

Measured Stage::measure(const Network& of, const std::vector<const MetricSection*>& due, bool ended) const {
  const learning::Entries none;
  const study::Subject control{"control", start, start, none}, other{"rival", rival, start, none};
  study::Subject subject{"model", of, start, none};
  for (const MetricSection* m : due)
    for (const std::string& name : m->info.compares)
      subject.others[name] = name == "control" ? &control : ended ? nullptr : &other;
  return study::measure(subject, step, due, {&train_inputs, &test_inputs, &validation_inputs});
}

std::unique_ptr<Stage> ordinary_stage() {
  const Bench bench({36, 16, 12, 5}, kSamples);
  return std::make_unique<Stage>(bench.start, trained(bench, 0, 40), trained(bench, 40, 90), bench.samples,
                                 made_samples(36, 5, kSamples, 1), made_samples(36, 5, kSamples, 2));
}

MetricSection section_of(const Candidate& candidate) {
  MetricSection m;
  m.name = m.plugin = candidate.plugin.name;
  m.object = Made<Metric>(candidate).object;
  m.info = m.object->describe();
  m.on = m.info.on;
  return m;
}

MetricSection fitting(const Candidate& candidate, const Stage& stage) {
  needs_values_for<Metric>(candidate);
  MetricSection m = section_of(candidate);
  stage.fits_or_skips(m);
  return m;
}

bool same(const Measured& a, const Measured& b) {
  return std::ranges::equal(a.rows, b.rows,
                            [](const Row& x, const Row& y) {
                              return x.metric == y.metric && x.layer == y.layer && same_number(x.value, y.value);
                            }) &&
         std::ranges::equal(a.sheets, b.sheets, [](const study::Sheet& x, const study::Sheet& y) {
           return x.section == y.section && x.name == y.name && x.is_vector == y.is_vector &&
                  arma::size(x.values) == arma::size(y.values) && std::ranges::equal(x.values, y.values, same_number);
         });
}

std::string row_name(const Row& row) { return row.metric + (row.layer ? ", layer " + std::to_string(row.layer) : ""); }

}  // namespace pipeline::conformance
