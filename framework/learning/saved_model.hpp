// A model's weights and arrays as plain values, with which it continues with the same bits: what `remember` stores, and
// what a checkpoint contains. There is no generator among them, because draws are functions of the step.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <pipeline/network.hpp>
#include <pipeline/state.hpp>
#include <string>
#include <vector>

namespace pipeline::learning {

/// An array that outlasts a step; one of the members is in use.
struct SavedArray {
  LikeWeights::Arrays like_weights;
  PerLayer::Arrays values;
  std::vector<std::int64_t> counts;
};

struct SavedModel {
  Network network;
  std::map<std::string, SavedArray> arrays;  // by "<entry>.<name>"
  std::shared_ptr<const SavedModel> remembered;
  std::uint64_t remembered_at = 0;  // the step of `remembered`
};

bool same_shape(const Network& a, const Network& b);

}  // namespace pipeline::learning
