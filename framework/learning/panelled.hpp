// A dense matrix as our own kernels read it.
#pragma once
#include <armadillo>
#include <memory>
#include <new>

#include "learning/kernels/level.hpp"

namespace pipeline::learning {

/// A matrix [outputs x inner] in panels of outputs. Keeps its memory from one matrix to the next.
class Panelled {
 public:
  /// From now on a copy of m.
  void of(const arma::fmat& m);
  /// Writes it back; m has its size.
  void copy_to(arma::fmat& m) const;
  kernels::Dense view() const { return {data_.get(), outputs_, inner_}; }
  float* data() { return data_.get(); }

 private:
  static constexpr std::align_val_t kLine{64};  // rows of a panel then begin where lines of the cache do
  struct Free {
    void operator()(float* p) const { ::operator delete[](p, kLine); }
  };
  std::unique_ptr<float[], Free> data_;
  std::size_t room_ = 0, outputs_ = 0, inner_ = 0;
};

}  // namespace pipeline::learning
