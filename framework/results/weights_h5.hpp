// weights.h5: the networks as they were last measured, with everything that their outputs depend on. /control and
// /models/<model>, each with W1 b1 W2 b2 ..., the arrays of its regularisers, with their parameters as attributes, and
// the attributes activations and loss.
#pragma once
#include <filesystem>
#include <map>
#include <pipeline/network.hpp>
#include <string>
#include <vector>

#include "learning/state.hpp"

namespace pipeline::results {

/// The group of a model, "control" included.
std::string weights_group(const std::string& model);

/// One network: "/control", "/models/l2", "/models/l2/training".
struct WeightsGroup {
  std::string path;
  const Network* network;
  const learning::States* states = nullptr;  // whose arrays are written beside the weights
  std::vector<std::pair<std::string, std::string>> attributes = {};
};

/// Whether the file contains this array: it outlasts a step, and is no copy of the weights.
bool is_written(const learning::Kept& array);

/// Writes the file atomically. Readers that store row by row, such as h5py, see W as (inputs x nodes); a regulariser's
/// arrays that outlast a step are <entry>.<name><layer>, which they see as (columns x rows).
void write_weights(const std::filesystem::path& file, const std::vector<WeightsGroup>& groups);

/// The arrays of a group by name, W as [inputs x nodes]; none if the file or the group does not exist. Throws
/// std::runtime_error that names the file.
std::map<std::string, arma::fmat> read_weights(const std::filesystem::path& file, const std::string& group);

}  // namespace pipeline::results
