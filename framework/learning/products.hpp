// The three products of a layer, by OpenBLAS with one thread a call. Shapes hang on the layers and the batch only:
// OpenBLAS cuts its sums by shape, so these fix the bits whatever the number of threads.
#pragma once
#include <armadillo>

namespace pipeline::learning {

/// One thread inside every product from now on; called once, before any of them.
void products_use_one_thread();
/// Which kernels OpenBLAS chose for this processor, and how it was built.
std::string products_core();
std::string products_library();

/// z = W x                         W [outputs x inputs]  x [inputs x samples]  z [outputs x samples]
void weights_times_inputs(const arma::fmat& W, const arma::fmat& x, arma::fmat& z);
/// dx = W' dz
void transposed_times(const arma::fmat& W, const arma::fmat& dz, arma::fmat& dx);
/// g = dz x(first .. first + count - 1, :)'     the gradient of `count` inputs' weights  [outputs x count]
void gradient_columns(const arma::fmat& dz, const arma::fmat& x, std::size_t first, std::size_t count, float* g);

}  // namespace pipeline::learning
