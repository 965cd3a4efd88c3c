// The result of one metric for one network on a handful of samples.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "load_plugin.hpp"
#include "measuring/evaluation.hpp"

namespace support {

/// A [metric:...] section named like its plugin, with the object that measures it.
inline pipeline::measuring::LiveMetric metric(const std::string& plugin, const Values& values = {}) {
  std::shared_ptr<pipeline::Metric> object = load<pipeline::Metric>("metric", plugin);
  set(*object, values);
  pipeline::experiment::MetricConfig config;
  config.name = config.plugin.name = plugin;
  config.info = object->describe();
  return {config, object};
}

/// Samples as columns of floats; labels 0 where none are given.
inline pipeline::Samples samples_of(const arma::fmat& columns, std::vector<std::uint16_t> labels = {}) {
  pipeline::Samples s;
  s.floats = columns;
  labels.resize(columns.n_cols);
  s.labels = std::move(labels);
  return s;
}

inline pipeline::Network network_of(std::vector<arma::fmat> weights) {
  pipeline::Network network;
  for (arma::fmat& W : weights) network.layers.push_back({std::move(W), {}});
  return network;
}

/// Lets a metric compare with `other`, under every name that it declares.
inline void compare(pipeline::measuring::Subject& subject, const pipeline::measuring::LiveMetric& m,
                    const pipeline::measuring::Subject* other) {
  for (const std::string& name : m.config.info.compares) subject.others[name] = other;
}

/// `start` serves as the untrained network and as every model that the metric compares with.
inline pipeline::measuring::Measured measured(const pipeline::measuring::LiveMetric& m,
                                              const pipeline::Network& network, const pipeline::Samples& test,
                                              const pipeline::Samples& train, const pipeline::Network& start,
                                              double penalty = 0) {
  const pipeline::learning::Entries none;
  const pipeline::measuring::Subject other{"other", start, start, none};
  pipeline::measuring::Subject subject{"model", network, start, none, [=] { return penalty; }};
  compare(subject, m, &other);
  const pipeline::learning::Inputs seen(test), learnt(train);
  return pipeline::measuring::measure(subject, 0, {&m}, {&learnt, &seen, &seen});
}
inline pipeline::measuring::Measured measured(const pipeline::measuring::LiveMetric& m,
                                              const pipeline::Network& network, const pipeline::Samples& samples,
                                              double penalty = 0) {
  return measured(m, network, samples, samples, network, penalty);
}

/// The value of a row; NaN if the row is missing or its value is NaN.
inline double value_of(const pipeline::measuring::Measured& m, const std::string& metric, std::size_t layer = 0) {
  for (const pipeline::Row& row : m.rows)
    if (row.metric == metric && row.layer == layer) return row.value;
  return std::nan("");
}

/// The matrix written to nodes.h5 under that name; empty if there is none.
inline arma::mat sheet_of(const pipeline::measuring::Measured& m, const std::string& name) {
  for (const pipeline::measuring::Sheet& sheet : m.sheets)
    if (sheet.name == name) return sheet.values;
  return {};
}

}  // namespace support
