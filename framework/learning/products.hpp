// The products of a layer, by our own kernels, which skip what is multiplied by zero, or by OpenBLAS.
//
// Own: each element is a fixed chain of fused multiply-adds, so that neither skipping nor threads nor blocks change a
// bit. OpenBLAS gets one thread a call and shapes that hang on the layers and the batch only, for it cuts its sums by
// shape.
#pragma once
#include <armadillo>

#include "learning/crew.hpp"
#include "learning/nonzeros.hpp"
#include "learning/panelled.hpp"

namespace pipeline::learning {

enum class Kernels { own, blas };
/// What follows a layer's sums at once.
enum class Then { nothing, relu };

/// A dense factor of a product: OpenBLAS reads it as it is, own kernels in panels.
struct Factor {
  const arma::fmat& plain;
  const Panelled& panels;
};

class Products {
 public:
  /// With a crew, threads that have nothing else to do share own kernels' work. It is not owned.
  explicit Products(Kernels kernels = Kernels::own, Crew* crew = nullptr) : kernels_(kernels), crew_(crew) {}
  bool are_own() const { return kernels_ == Kernels::own; }
  /// Whether a layer of so many outputs is enough for a crew.
  static bool can_share(Kernels kernels, std::size_t outputs);

  /// m as a factor; `panels` is filled if these kernels read it, and both must outlive what is given back.
  Factor factor(const arma::fmat& m, Panelled& panels) const;

  /// z = W x + b    W [outputs x inputs]  b [outputs] or empty  x [inputs x samples]  z [outputs x samples]
  /// With Then::relu max(W x + b, 0) is what z takes.
  /// Leaves in `of_x` where x is not zero, for the gradient of the same layer.
  void forward(const Factor& W, const arma::fvec& b, const arma::fmat& x, Nonzeros& of_x, arma::fmat& z,
               Then then = Then::nothing) const;
  /// dx = W' dz     With `of_x`, own kernels compute it only where x is not zero and leave 0 elsewhere.
  void back(const Factor& W, const Factor& dz, const arma::fmat& x, Nonzeros* of_x, arma::fmat& dx) const;
  /// g = dz x(first .. first + count - 1, :)'     the gradient of `count` inputs' weights  [outputs x count]
  void gradient(const Factor& dz, const arma::fmat& x, Nonzeros& of_x, std::size_t first, std::size_t count,
                float* g) const;
  /// sum += d x'    d [rows x samples]  x [inputs x samples]: the product in float32 and added in double, a few inputs at
  /// a time. An empty sum begins as 0.
  struct Room {
    Nonzeros of_x;
    arma::fmat product;
  };
  void add_product(const Factor& d, const arma::fmat& x, Room& room, arma::mat& sum) const;
  /// g = dz x', g = g + decay * W, W = fma(-rate, g, W), with the same bits as by way of gradient(). Own kernels only.
  void descend(const Panelled& dz, const arma::fmat& x, Nonzeros& of_x, kernels::Descent how, Panelled& W) const;
  /// dx = W' dz where x is not zero, 0 elsewhere, and W descends, with the same bits as by both. Own kernels only.
  void back_and_descend(const Panelled& dz, const arma::fmat& x, Nonzeros& of_x, kernels::Descent how, Panelled& W,
                        arma::fmat& dx) const;

 private:
  /// Calls f(part) so that the parts make up [0, count), `at_a_time` each, by all who are free.
  template <class F>
  void each_part(std::size_t count, std::size_t at_a_time, std::size_t work, const F& f) const;
  void own_product(const Panelled& A, const kernels::Sparse& b, kernels::Finish finish, float* y) const;

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
