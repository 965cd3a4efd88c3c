// The nonzeros of a matrix. Most of what a network multiplies is zero: blank pixels, units behind ReLU or dropout.
#pragma once
#include <armadillo>
#include <memory>
#include <vector>

#include "kernels/level.hpp"

namespace pipeline::kernels {

/// The nonzeros of a matrix by column, and by row on demand. Reuses its memory from one matrix to the next.
class Nonzeros {
 public:
  /// Lists the nonzeros of m; no reference to m is stored. NaN counts as nonzero.
  void assign(const arma::fmat& m);
  Sparse columns() const { return columns_.view(); }
  /// The nonzeros of the transposed matrix; m must be the one last assigned. Made on the first call: not thread-safe.
  Sparse rows(const arma::fmat& m);
  /// The same for rows first .. first + count - 1 of any m; valid until the next call on this object.
  Sparse some_rows(const arma::fmat& m, std::size_t first, std::size_t count);

 private:
  struct Lists {
    std::unique_ptr<Nonzero[]> entries;
    std::size_t room = 0, count = 0;
    std::vector<std::uint32_t> begin;
    void make_room(std::size_t entries_at_most);
    Sparse view() const { return {entries.get(), begin.data(), begin.size(), count}; }
  };
  Lists columns_, rows_;
  std::vector<float> room_;
  bool has_rows_ = false;
};

}  // namespace pipeline::kernels
