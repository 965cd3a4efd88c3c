// Where a matrix is not zero. Most of what a network multiplies is: blank pixels, units that ReLU or dropout silenced.
#pragma once
#include <armadillo>
#include <memory>
#include <vector>

#include "learning/kernels/level.hpp"

namespace pipeline::learning {

/// The elements of a matrix that are not zero, column by column, and row by row once asked for. Keeps its memory from
/// one matrix to the next.
class Nonzeros {
 public:
  /// From now on those of m, which is not kept. Its elements may be NaN, which is not zero.
  void of(const arma::fmat& m);
  kernels::Sparse columns() const { return columns_.view(); }
  /// The same of the transposed matrix; m as it was handed to of(). Made on the first call, so not for two threads at
  /// once.
  kernels::Sparse rows(const arma::fmat& m);
  /// The same of `count` rows of any m from `first` on, until the next call of anything here.
  kernels::Sparse some_rows(const arma::fmat& m, std::size_t first, std::size_t count);

 private:
  struct Lists {
    std::unique_ptr<kernels::Nonzero[]> entries;
    std::size_t room = 0, count = 0;
    std::vector<std::uint32_t> begin;
    void make_room(std::size_t entries_at_most);
    kernels::Sparse view() const { return {entries.get(), begin.data(), begin.size(), count}; }
  };
  Lists columns_, rows_;
  std::vector<float> room_;
  bool has_rows_ = false;
};

}  // namespace pipeline::learning
