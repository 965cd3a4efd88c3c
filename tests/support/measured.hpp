// What one metric says of one network on a handful of samples.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "load_plugin.hpp"
#include "study/evaluation.hpp"

namespace support {

/// A [metric:...] section named like its plugin.
inline pipeline::study::MetricSection metric(const std::string& plugin, const Values& values = {}) {
  pipeline::study::MetricSection m;
  m.name = m.plugin = plugin;
  m.object = load<pipeline::Metric>("metric", plugin);
  set(*m.object, values);
  m.info = m.object->describe();
  return m;
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

/// Lets a metric compare with `other`, whatever name it asks for.
inline void compare(pipeline::study::Subject& subject, const pipeline::study::MetricSection& m,
                    const pipeline::study::Subject* other) {
  for (const std::string& name : m.info.compares) subject.others[name] = other;
}

/// `start` is the untrained network, and every model that the metric compares with.
inline pipeline::study::Measured measured(const pipeline::study::MetricSection& m, const pipeline::Network& network,
                                          const pipeline::Samples& test, const pipeline::Samples& train,
                                          const pipeline::Network& start, double penalty = 0) {
  const pipeline::learning::Entries none;
  const pipeline::study::Subject other{"other", start, start, none};
  pipeline::study::Subject subject{"model", network, start, none, [=] { return penalty; }};
  compare(subject, m, &other);
  const pipeline::learning::Inputs seen(test), learnt(train);
  return pipeline::study::measure(subject, 0, {&m}, {&learnt, &seen, &seen});
}
inline pipeline::study::Measured measured(const pipeline::study::MetricSection& m, const pipeline::Network& network,
                                          const pipeline::Samples& samples, double penalty = 0) {
  return measured(m, network, samples, samples, network, penalty);
}

/// The value of a row; NaN where there is none, or where it says so.
inline double value_of(const pipeline::study::Measured& m, const std::string& metric, std::size_t layer = 0) {
  for (const pipeline::Row& row : m.rows)
    if (row.metric == metric && row.layer == layer) return row.value;
  return std::nan("");
}

/// What goes to nodes.h5 under that name; empty where nothing does.
inline arma::mat sheet_of(const pipeline::study::Measured& m, const std::string& name) {
  for (const pipeline::study::Sheet& sheet : m.sheets)
    if (sheet.name == name) return sheet.values;
  return {};
}

}  // namespace support
