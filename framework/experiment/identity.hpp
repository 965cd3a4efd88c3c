// What determines the numbers of a run, and the hash over it that identifies a configuration.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "data/files.hpp"
#include "experiment/pipeline.hpp"

namespace pipeline::experiment {

/// "training.steps" and its value, "plugin regulariser l2" and the SHA-256 of its library, "data file images.gz" and its
/// SHA-256, in the order of the resolved pipeline.
using Identity = std::vector<std::pair<std::string, std::string>>;

/// Every value of the resolved pipeline but those that change no number: paths, the pipeline's name, how often
/// checkpoints are written, and reports. `plugins` has their libraries' SHA-256 by "regulariser l2". Does not need the
/// data loaded.
Identity identity_of(const Pipeline& pipeline, const std::map<std::string, std::string>& plugins,
                     const std::vector<data::Located>& files);

/// SHA-256 in hexadecimal over the identity.
std::string configuration_hash(const Pipeline& pipeline, const std::map<std::string, std::string>& plugins,
                               const std::vector<data::Located>& files);

/// The digits shown and used in folder names: among a million configurations, the chance that two share them is 1 in
/// 560.
inline constexpr std::size_t kHashDigits = 12;

/// What only one of two identities has, or has with another value.
struct Difference {
  std::string name, before, now;  // empty where it is missing
};
std::vector<Difference> differences(const Identity& before, const Identity& now);

}  // namespace pipeline::experiment
