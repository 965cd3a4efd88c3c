// The two HDF5 files of a run, written aside and renamed: a killed writer leaves no half file under the real name.
#pragma once
#include <filesystem>
#include <map>
#include <pipeline/network.hpp>
#include <string>
#include <vector>

#include "learning/state.hpp"
#include "study/rows.hpp"

namespace pipeline::study {

/// One network of weights.h5: "/control", "/models/l2", "/models/l2/training".
struct WeightsGroup {
  std::string path;
  const Network* network;
  const learning::States* states = nullptr;  // their trained arrays go beside the weights
};
/// Each group with W1 b1 W2 b2 ...; W read as (inputs x nodes), the notebook's shape; a regulariser's trained arrays
/// as <entry>.<name><layer>, read as (columns x rows) likewise.
void write_weights(const std::filesystem::path& file, const std::vector<WeightsGroup>& groups);

/// All measurements of nodes.h5 so far: /<model>/<section>/<name>, stacked, with the attribute `steps`; of more than
/// 8,000 measurements the steps are a dataset beside it, <name>.steps.
class NodesFile {
 public:
  void add(const std::string& model, std::uint64_t step, const std::vector<Sheet>& sheets);
  bool empty() const { return stacks_.empty(); }
  void write(const std::filesystem::path& file) const;

 private:
  struct Stack {
    bool is_vector = false;
    std::vector<std::int64_t> steps;
    std::vector<arma::mat> values;  // one a step, all of one shape
  };
  std::map<std::string, Stack> stacks_;  // by path
};

}  // namespace pipeline::study
