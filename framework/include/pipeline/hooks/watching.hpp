// Watching a metric while the model trains.
#pragma once
#include <cstdint>
#include <string>

#include <pipeline/hooks/regulariser.hpp>

namespace pipeline {

/// The value of a metric for the whole network.
struct Watched {
  std::uint64_t step = 0;
  double value = 0;       // NaN where the metric is undefined
  bool higher_is_better;  // else lower is
};

/// Watches one [metric:...] section that is measured on the validation samples: sees each of its values and decides
/// what the model does then. `stop` ends the training of this model alone. However its training ends, the model goes
/// back to the weights and arrays it had at the last `remember`, and is measured with them.
class PIPELINE_API Watcher {
 public:
  virtual ~Watcher() = default;
  enum class Decision { go_on, remember, stop };
  virtual std::string section() const = 0;
  virtual Decision see(const Watched& seen) const = 0;
};

}  // namespace pipeline
