#include "learning/products.hpp"

#include <cblas.h>

#include "learning/kernels/choose.hpp"

namespace pipeline::learning {

void products_use_one_thread() { openblas_set_num_threads(1); }
std::string own_level() { return kernels::best().name; }
std::string blas_core() { return openblas_get_corename(); }
std::string blas_library() { return openblas_get_config(); }

namespace {

// Multiply-adds, and floats packed or written.
constexpr std::size_t kWorthSharing = 3'000'000;

int size(arma::uword n) { return static_cast<int>(n); }

kernels::Dense dense(const arma::fmat& m) { return {m.memptr(), m.n_rows, m.n_rows, m.n_cols, false}; }
kernels::Dense transposed(const arma::fmat& m) { return {m.memptr(), m.n_rows, m.n_cols, m.n_rows, true}; }

}  // namespace

template <class F>
void Products::each_panel(std::size_t outputs, const F& panel) const {
  const std::size_t panels = kernels::best().panels(outputs);
  if (!crew_) return panel(kernels::Panels{0, panels});
  crew_->divide(panels, [&](std::size_t i) { panel(kernels::Panels{i, i + 1}); });
}

bool Products::can_share(Kernels kernels, std::size_t outputs) {
  return kernels == Kernels::own && kernels::best().panels(outputs) > 1;
}

void Products::own_product(const kernels::Dense& A, const kernels::Sparse& b, float* y) const {
  // What takes less than some 50 us is done before anybody else has woken up.
  if (A.outputs * (b.count + A.inner + b.columns) < kWorthSharing)
    return kernels::best().product(A, b, y, A.outputs, {0, kernels::best().panels(A.outputs)});
  each_panel(A.outputs, [&](kernels::Panels which) { kernels::best().product(A, b, y, A.outputs, which); });
}

void Products::forward(const arma::fmat& W, const arma::fmat& x, Nonzeros& of_x, arma::fmat& z) const {
  z.set_size(W.n_rows, x.n_cols);
  if (are_own()) {
    of_x.of(x);
    own_product(dense(W), of_x.columns(), z.memptr());
    return;
  }
  cblas_sgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, size(W.n_rows), size(x.n_cols), size(W.n_cols), 1.0f,
              W.memptr(), size(W.n_rows), x.memptr(), size(x.n_rows), 0.0f, z.memptr(), size(z.n_rows));
}

void Products::back(const arma::fmat& W, const arma::fmat& dz, arma::fmat& dx) const {
  dx.set_size(W.n_cols, dz.n_cols);
  if (are_own()) {
    static thread_local Nonzeros of_dz;  // room that every call needs anew
    of_dz.of(dz);
    own_product(transposed(W), of_dz.columns(), dx.memptr());
    return;
  }
  cblas_sgemm(CblasColMajor, CblasTrans, CblasNoTrans, size(W.n_cols), size(dz.n_cols), size(W.n_rows), 1.0f,
              W.memptr(), size(W.n_rows), dz.memptr(), size(dz.n_rows), 0.0f, dx.memptr(), size(dx.n_rows));
}

void Products::gradient(const arma::fmat& dz, const arma::fmat& x, Nonzeros& of_x, std::size_t first, std::size_t count,
                        float* g) const {
  if (are_own()) {
    const kernels::Sparse all = of_x.rows();
    own_product(dense(dz), {all.first, all.begin + first, count, all.count * count / all.columns}, g);
    return;
  }
  cblas_sgemm(CblasColMajor, CblasNoTrans, CblasTrans, size(dz.n_rows), size(count), size(dz.n_cols), 1.0f, dz.memptr(),
              size(dz.n_rows), x.memptr() + first, size(x.n_rows), 0.0f, g, size(dz.n_rows));
}

void Products::descend(const arma::fmat& dz, Nonzeros& of_x, float rate, arma::fmat& W) const {
  const kernels::Sparse rows = of_x.rows();
  each_panel(W.n_rows, [&](kernels::Panels which) {
    kernels::best().descend(dense(dz), rows, W.memptr(), W.n_rows, rate, which);
  });
}

}  // namespace pipeline::learning
