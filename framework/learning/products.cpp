#include "learning/products.hpp"

#include <cblas.h>

namespace pipeline::learning {

void products_use_one_thread() { openblas_set_num_threads(1); }
std::string products_core() { return openblas_get_corename(); }
std::string products_library() { return openblas_get_config(); }

namespace {
int size(arma::uword n) { return static_cast<int>(n); }
}  // namespace

void weights_times_inputs(const arma::fmat& W, const arma::fmat& x, arma::fmat& z) {
  z.set_size(W.n_rows, x.n_cols);
  cblas_sgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, size(W.n_rows), size(x.n_cols), size(W.n_cols), 1.0f,
              W.memptr(), size(W.n_rows), x.memptr(), size(x.n_rows), 0.0f, z.memptr(), size(z.n_rows));
}

void transposed_times(const arma::fmat& W, const arma::fmat& dz, arma::fmat& dx) {
  dx.set_size(W.n_cols, dz.n_cols);
  cblas_sgemm(CblasColMajor, CblasTrans, CblasNoTrans, size(W.n_cols), size(dz.n_cols), size(W.n_rows), 1.0f,
              W.memptr(), size(W.n_rows), dz.memptr(), size(dz.n_rows), 0.0f, dx.memptr(), size(dx.n_rows));
}

void gradient_columns(const arma::fmat& dz, const arma::fmat& x, std::size_t first, std::size_t count, float* g) {
  cblas_sgemm(CblasColMajor, CblasNoTrans, CblasTrans, size(dz.n_rows), size(count), size(dz.n_cols), 1.0f, dz.memptr(),
              size(dz.n_rows), x.memptr() + first, size(x.n_rows), 0.0f, g, size(dz.n_rows));
}

}  // namespace pipeline::learning
