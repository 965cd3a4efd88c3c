// A dense matrix in the layout that own kernels read.
#pragma once
#include <armadillo>
#include <memory>
#include <new>

#include "kernels/level.hpp"

namespace pipeline::kernels {

/// A matrix [outputs x inner] in panels of outputs. Reuses its memory from one matrix to the next.
class Panelled {
 public:
  /// Copies m.
  void assign(const arma::fmat& m);
  /// Makes room for such a matrix, whose columns are then set one by one.
  void set_size(std::size_t outputs, std::size_t inner);
  void set_column(std::size_t i, const float* from);
  void copy_column(std::size_t i, float* to) const;
  /// Copies the matrix to m, which has its size.
  void copy_to(arma::fmat& m) const;
  Dense view() const { return {data_.get(), outputs_, inner_}; }
  float* data() { return data_.get(); }

 private:
  static constexpr std::align_val_t kLine{64};  // so that rows of a panel begin at cache lines
  struct Free {
    void operator()(float* p) const { ::operator delete[](p, kLine); }
  };
  std::unique_ptr<float[], Free> data_;
  std::size_t room_ = 0, outputs_ = 0, inner_ = 0;
};

}  // namespace pipeline::kernels
