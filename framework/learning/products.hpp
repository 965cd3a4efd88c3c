// The products of a layer, by our own kernels, which skip what is multiplied by zero, or by OpenBLAS.
//
// Own: each element is one chain of fused multiply-adds, ascending, so that neither skipping nor threads nor blocks
// change a bit. OpenBLAS gets one thread a call and shapes that hang on the layers and the batch only, for it cuts its
// sums by shape.
#pragma once
#include <armadillo>

#include "learning/crew.hpp"
#include "learning/nonzeros.hpp"

namespace pipeline::learning {

enum class Kernels { own, blas };

class Products {
 public:
  /// With a crew, threads that have nothing else to do share own kernels' work. It is not owned.
  explicit Products(Kernels kernels = Kernels::own, Crew* crew = nullptr) : kernels_(kernels), crew_(crew) {}
  bool are_own() const { return kernels_ == Kernels::own; }
  /// Whether a layer of so many outputs is enough for a crew.
  static bool can_share(Kernels kernels, std::size_t outputs);

  /// z = W x        W [outputs x inputs]  x [inputs x samples]  z [outputs x samples]
  /// Leaves in `of_x` where x is not zero, for the gradient of the same layer.
  void forward(const arma::fmat& W, const arma::fmat& x, Nonzeros& of_x, arma::fmat& z) const;
  /// dx = W' dz
  void back(const arma::fmat& W, const arma::fmat& dz, arma::fmat& dx) const;
  /// g = dz x(first .. first + count - 1, :)'     the gradient of `count` inputs' weights  [outputs x count]
  void gradient(const arma::fmat& dz, const arma::fmat& x, Nonzeros& of_x, std::size_t first, std::size_t count,
                float* g) const;
  /// W = fma(-rate, dz x', W) with the same bits as by way of gradient(). Own kernels only.
  void descend(const arma::fmat& dz, Nonzeros& of_x, float rate, arma::fmat& W) const;

 private:
  /// Calls panel({i, i + 1}) for each panel i of so many outputs, by all who are free.
  template <class F>
  void each_panel(std::size_t outputs, const F& panel) const;
  void own_product(const kernels::Dense& A, const kernels::Sparse& b, float* y) const;

  Kernels kernels_;
  Crew* crew_;
};

/// One thread inside every product of OpenBLAS from now on; called once, before any of them.
void products_use_one_thread();
/// The instruction level of our own kernels; which kernels OpenBLAS chose for this processor, and how it was built.
std::string own_level();
std::string blas_core();
std::string blas_library();

}  // namespace pipeline::learning
