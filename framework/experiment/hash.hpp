// The hash that identifies a configuration.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "data/files.hpp"
#include "experiment/pipeline.hpp"

namespace pipeline::experiment {

/// SHA-256 in hexadecimal over every value of the resolved pipeline (paths, the pipeline's name and reports left out),
/// the plugins' libraries by `plugins` ("regulariser l2" and its SHA-256), and the data files. Does not need the data
/// loaded.
std::string configuration_hash(const Pipeline& pipeline, const std::map<std::string, std::string>& plugins,
                               const std::vector<data::Located>& files);

/// The digits shown and used in folder names: among a million configurations, the chance that two share them is 1 in
/// 560.
inline constexpr std::size_t kHashDigits = 12;

}  // namespace pipeline::experiment
