// The products of a layer, by own kernels, which skip multiplications by zero, or by OpenBLAS.
//
// Own kernels: each element is a fixed chain of fused multiply-adds, so that skipping, threads and blocks change no
// bit. OpenBLAS gets one thread per call and shapes that depend on the layers and the batch only, because it divides
// its sums by shape.
#pragma once
#include <armadillo>

#include "kernels/helper_pool.hpp"
#include "kernels/nonzeros.hpp"
#include "kernels/panelled.hpp"

namespace pipeline::kernels {

enum class Backend { own, blas };
/// What is applied to a layer's sums before they are written.
enum class Then { nothing, relu };

/// A dense factor of a product: OpenBLAS reads `plain`, own kernels read `panels`.
struct Factor {
  const arma::fmat& plain;
  const Panelled& panels;
};

class Products {
 public:
  /// With `helpers`, idle threads take parts of the work of own kernels. The pool is not owned.
  explicit Products(Backend kernels = Backend::own, HelperPool* helpers = nullptr)
      : kernels_(kernels), helpers_(helpers) {}
  bool are_own() const { return kernels_ == Backend::own; }
  /// Whether a layer with this many outputs can be divided among threads.
  static bool can_share(Backend kernels, std::size_t outputs);

  /// m as a factor; `panels` is filled for own kernels only. Both must outlive the result.
  Factor factor(const arma::fmat& m, Panelled& panels) const;

  /// z = W x + b    W [outputs x inputs]  b [outputs] or empty  x [inputs x samples]  z [outputs x samples]
  /// With Then::relu z = max(W x + b, 0).
  /// Leaves the nonzeros of x in `of_x`, for the gradient of the same layer.
  void forward(const Factor& W, const arma::fvec& b, const arma::fmat& x, Nonzeros& of_x, arma::fmat& z,
               Then then = Then::nothing) const;
  /// dx = W' dz     With `of_x`, own kernels compute it only where x is not zero and leave 0 elsewhere.
  void back(const Factor& W, const Factor& dz, const arma::fmat& x, Nonzeros* of_x, arma::fmat& dx) const;
  /// g = dz x(first .. first + count - 1, :)'     the gradient of `count` inputs' weights  [outputs x count]
  void gradient(const Factor& dz, const arma::fmat& x, Nonzeros& of_x, std::size_t first, std::size_t count,
                float* g) const;
  /// sum += d x'    d [rows x samples]  x [inputs x samples]: the product in float32, added in double, a few inputs at
  /// a time. An empty sum starts as 0.
  struct Room {
    Nonzeros of_x;
    arma::fmat product;
  };
  void add_product(const Factor& d, const arma::fmat& x, Room& room, arma::mat& sum) const;
  /// g = dz x', g = g + decay * W, W = fma(-rate, g, W), with the same bits as with gradient(). Own kernels only.
  void descend(const Panelled& dz, const arma::fmat& x, Nonzeros& of_x, Descent how, Panelled& W) const;
  /// dx = W' dz where x is not zero, 0 elsewhere; then descend(). The same bits as the two calls. Own kernels only.
  void back_and_descend(const Panelled& dz, const arma::fmat& x, Nonzeros& of_x, Descent how, Panelled& W,
                        arma::fmat& dx) const;

 private:
  /// Divides [0, count) into parts of `at_a_time` and calls f(part) for each, on this thread and the helpers.
  template <class F>
  void each_part(std::size_t count, std::size_t at_a_time, std::size_t work, const F& f) const;
  void own_product(const Panelled& A, const Sparse& b, Finish finish, float* y) const;

  Backend kernels_;
  HelperPool* helpers_;
};

/// Makes OpenBLAS use one thread inside every product; called once, before any product.
void products_use_one_thread();
/// The instruction level of own kernels; the kernels that OpenBLAS chose for this processor; how it was built.
std::string own_level();
/// Whether they multiply and add with one rounding; without it they have other bits.
bool own_fuses();
std::string blas_core();
std::string blas_library();

}  // namespace pipeline::kernels
