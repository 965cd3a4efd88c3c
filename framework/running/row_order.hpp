// Sorts the measurements of models that advance independently into the order of metrics.csv: by step, then by model.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "measuring/measured.hpp"

namespace pipeline::running {

/// A step is released once no model can add to it any more. So the order does not depend on how the work was divided.
class RowOrder {
 public:
  explicit RowOrder(std::size_t models) : next_(models, 0), open_(models, true) {}

  void add(std::size_t model, std::uint64_t step, measuring::Measured measured) {
    waiting_[step].emplace(model, std::move(measured));
  }
  /// The model will not measure before this step again.
  void reached(std::size_t model, std::uint64_t step) { next_[model] = step; }
  /// The model will not measure again.
  void ended(std::size_t model) { open_[model] = false; }

  struct Released {
    std::uint64_t step;
    std::size_t model;
    measuring::Measured measured;
  };
  std::vector<Released> release();
  /// What is not released yet.
  std::vector<Released> waiting() const;
  /// All steps before this one have been released.
  std::uint64_t horizon() const;

 private:
  std::vector<std::uint64_t> next_;
  std::vector<bool> open_;
  std::map<std::uint64_t, std::map<std::size_t, measuring::Measured>> waiting_;
};

}  // namespace pipeline::running
