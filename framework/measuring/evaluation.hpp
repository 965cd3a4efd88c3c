// One measurement of one model: one forward pass in blocks per split that a due metric uses, shared by all metrics.
#pragma once
#include <functional>
#include <limits>
#include <map>
#include <string>

#include "experiment/pipeline.hpp"
#include "learning/inputs.hpp"
#include "learning/model.hpp"
#include "measuring/measured.hpp"

namespace pipeline::measuring {

/// Samples per block. Sums over many samples are added block by block, in order, so this number fixes their bits.
inline constexpr std::size_t kBlock = 500;

/// A metric threw, or returned an invalid result. The message names section, plugin and place in the file.
struct MetricFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A metric section with its object, which is used for all models.
struct LiveMetric {
  experiment::MetricConfig config;
  std::shared_ptr<const Metric> metric;
};

/// What is measured: a network, and how the entries of its model change a pass when measuring.
struct Subject {
  std::string name;
  const Network& network;            // the weights to measure with
  const Network& start;              // the untrained ones
  const learning::Entries& entries;  // empty for the control network
  std::function<double()> weight_penalty = {};
  // Of a pass, with the targets of its samples; empty where there is none.
  std::function<double(const learning::Pass&, const arma::fmat&)> batch_penalty = {};
  std::map<std::string, const Subject*> others = {};  // models to compare with; null where one failed
  kernels::Products products = kernels::Products();
  const std::vector<kernels::Panelled>* panels = nullptr;           // of `network`, if they exist already
  double learning_rate = std::numeric_limits<double>::quiet_NaN();  // of the update that follows, if any may
  NetworkShape shape = {};                                          // of which only activations and loss count

  /// The panels of these weights; made in `room` if they do not exist.
  const std::vector<kernels::Panelled>& panels_of(const Network& of, std::vector<kernels::Panelled>& room) const {
    return &of == &network && panels ? *panels : learning::weights(products, of, room).panels;
  }
};

/// The samples that metrics may use.
struct Splits {
  const learning::Inputs *train = nullptr, *test = nullptr, *validation = nullptr;
  const learning::Inputs& of(Split split) const;
};

/// Measures the due metrics, in order. Throws MetricFailure, or learning::Diverged where a logit is not finite.
Measured measure(const Subject& subject, std::uint64_t step, const std::vector<const LiveMetric*>& due,
                 const Splits& splits);

}  // namespace pipeline::measuring
