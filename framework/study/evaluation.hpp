// One measurement of one model: for each split that a due metric looks at, one forward pass in blocks that all share.
#pragma once
#include <functional>
#include <map>
#include <string>

#include "learning/inputs.hpp"
#include "learning/model.hpp"
#include "study/description.hpp"
#include "study/rows.hpp"

namespace pipeline::study {

/// Samples of a block. Sums over many samples are added block by block, in order, so this fixes their bits.
inline constexpr std::size_t kBlock = 500;

/// A metric failed, or gave an answer that cannot be: names section, plugin and place in the file.
struct MetricFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What is measured: the network, and how its model changes a pass when measuring.
struct Subject {
  std::string name;
  const Network& network;            // the weights to measure with
  const Network& start;              // the untrained ones
  const learning::Entries& entries;  // empty for the control network
  std::function<double()> weight_penalty = {};
  std::function<double(const learning::Pass&)> batch_penalty = {};  // empty where there is none
  std::map<std::string, const Subject*> others = {};                // models to compare with; null where one has ended
  learning::Products products = learning::Products();
  const std::vector<learning::Panelled>* panels = nullptr;  // of `network`, if there are any already

  /// The panels of these weights, in `room` if they have to be made.
  const std::vector<learning::Panelled>& panels_of(const Network& of, std::vector<learning::Panelled>& room) const {
    return &of == &network && panels ? *panels : learning::weights(products, of, room).panels;
  }
};

/// The samples that metrics may look at.
struct Splits {
  const learning::Inputs *train = nullptr, *test = nullptr, *validation = nullptr;
  const learning::Inputs& of(Split split) const;
};

/// Measures every listed metric, in their order. Throws MetricFailure, or learning::Diverged where a logit is no finite
/// number.
Measured measure(const Subject& subject, std::uint64_t step, const std::vector<const MetricSection*>& due,
                 const Splits& splits);

}  // namespace pipeline::study
