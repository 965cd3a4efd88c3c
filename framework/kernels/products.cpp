#include "kernels/products.hpp"

#include <cblas.h>

#include <algorithm>

#include "kernels/activations.hpp"
#include "kernels/choose.hpp"
#include "kernels/elementwise.hpp"
#include "kernels/panels.hpp"

namespace pipeline::kernels {

void products_use_one_thread() { openblas_set_num_threads(1); }
std::string own_level() { return best().name; }
bool own_fuses() {
#if defined(__x86_64__)
  return &best() != &baseline;
#else
  return true;
#endif
}
std::string blas_core() { return openblas_get_corename(); }
std::string blas_library() { return openblas_get_config(); }

namespace {

// Multiply-adds, and floats read or written. Work of less than about 50 us is done before a helper has woken up.
constexpr std::size_t kWorthSharing = 3'000'000;
// Inputs of a part on the way back.
constexpr std::size_t kInputsOfPart = 128;
constexpr std::size_t kInputsAdded = 64;

int size(arma::uword n) { return static_cast<int>(n); }

std::size_t work_of(const Dense& A, const Sparse& b) { return A.outputs * (b.count + A.inner + b.columns); }

/// Every element of a matrix, as if none were zero.
Sparse all_elements(std::size_t inputs, std::size_t samples) {
  static thread_local Nonzeros of_ones;
  static thread_local arma::fmat ones;
  if (ones.n_rows != inputs || ones.n_cols != samples) of_ones.assign(ones.ones(inputs, samples));
  return of_ones.rows(ones);
}

}  // namespace

template <class F>
void Products::each_part(std::size_t count, std::size_t at_a_time, std::size_t work, const F& f) const {
  if (!helpers_ || work < kWorthSharing) return f(Part{0, count});
  helpers_->divide((count + at_a_time - 1) / at_a_time, [&](std::size_t i) {
    f(Part{i * at_a_time, std::min((i + 1) * at_a_time, count)});
  });
}

bool Products::can_share(Backend kernels, std::size_t outputs) {
  return kernels == Backend::own && panels(outputs) > 1;
}

Factor Products::factor(const arma::fmat& m, Panelled& panels) const {
  if (are_own()) panels.assign(m);
  return {m, panels};
}

void Products::own_product(const Panelled& A, const Sparse& b, Finish finish, float* y) const {
  const Dense a = A.view();
  each_part(panels(a.outputs), 1, work_of(a, b), [&](Part part) { best().product(a, b, finish, y, a.outputs, part); });
}

void Products::forward(const Factor& W, const arma::fvec& b, const arma::fmat& x, Nonzeros& of_x, arma::fmat& z,
                       Then then) const {
  const arma::fmat& w = W.plain;
  z.set_size(w.n_rows, x.n_cols);
  if (are_own()) {
    of_x.assign(x);
    own_product(W.panels, of_x.columns(), {b.is_empty() ? nullptr : b.memptr(), then == Then::relu}, z.memptr());
    return;
  }
  cblas_sgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, size(w.n_rows), size(x.n_cols), size(w.n_cols), 1.0f,
              w.memptr(), size(w.n_rows), x.memptr(), size(x.n_rows), 0.0f, z.memptr(), size(z.n_rows));
  add_bias(z, b);
  if (then == Then::relu) activate(ActivationFunction::relu, z, z);
}

void Products::back(const Factor& W, const Factor& dz, const arma::fmat& x, Nonzeros* of_x, arma::fmat& dx) const {
  const arma::fmat &w = W.plain, &d = dz.plain;
  dx.set_size(w.n_cols, d.n_cols);
  if (are_own()) {
    const Sparse listed = of_x ? of_x->rows(x) : all_elements(w.n_cols, d.n_cols);
    const Dense a = W.panels.view();
    each_part(w.n_cols, kInputsOfPart, work_of(a, listed),
              [&](Part part) { best().back(a, dz.panels.view(), listed, dx.memptr(), dx.n_rows, part); });
    return;
  }
  cblas_sgemm(CblasColMajor, CblasTrans, CblasNoTrans, size(w.n_cols), size(d.n_cols), size(w.n_rows), 1.0f, w.memptr(),
              size(w.n_rows), d.memptr(), size(d.n_rows), 0.0f, dx.memptr(), size(dx.n_rows));
}

void Products::gradient(const Factor& dz, const arma::fmat& x, Nonzeros& of_x, std::size_t first, std::size_t count,
                        float* g) const {
  if (are_own()) {
    const Sparse all = of_x.rows(x);
    own_product(dz.panels, {all.first, all.begin + first, count, all.count * count / all.columns}, {}, g);
    return;
  }
  const arma::fmat& d = dz.plain;
  cblas_sgemm(CblasColMajor, CblasNoTrans, CblasTrans, size(d.n_rows), size(count), size(d.n_cols), 1.0f, d.memptr(),
              size(d.n_rows), x.memptr() + first, size(x.n_rows), 0.0f, g, size(d.n_rows));
}

void Products::add_product(const Factor& d, const arma::fmat& x, Room& room, arma::mat& sum) const {
  const arma::fmat& a = d.plain;
  if (sum.is_empty()) sum.zeros(a.n_rows, x.n_rows);
  // Own kernels: few enough that their product is still in the L2 cache when it is added.
  const std::size_t at_a_time = are_own() ? kInputsAdded : x.n_rows;
  room.product.set_size(a.n_rows, at_a_time);
  for (std::size_t first = 0; first < x.n_rows; first += at_a_time) {
    const std::size_t count = std::min<std::size_t>(at_a_time, x.n_rows - first);
    if (are_own())
      own_product(d.panels, room.of_x.some_rows(x, first, count), {}, room.product.memptr());
    else
      gradient(d, x, room.of_x, first, count, room.product.memptr());
    add({room.product.memptr(), a.n_rows * count}, sum.colptr(first));
  }
}

void Products::descend(const Panelled& dz, const arma::fmat& x, Nonzeros& of_x, Descent how, Panelled& W) const {
  const Sparse rows = of_x.rows(x);
  const Dense d = dz.view();
  each_part(panels(d.outputs), 1, work_of(d, rows), [&](Part part) { best().descend(d, rows, W.data(), how, part); });
}

void Products::back_and_descend(const Panelled& dz, const arma::fmat& x, Nonzeros& of_x, Descent how, Panelled& W,
                                arma::fmat& dx) const {
  dx.set_size(x.n_rows, x.n_cols);
  const Sparse rows = of_x.rows(x);
  const Dense d = dz.view();
  each_part(x.n_rows, kInputsOfPart, 2 * work_of(d, rows),
            [&](Part part) { best().back_and_descend(W.data(), d, rows, how, dx.memptr(), dx.n_rows, part); });
}

}  // namespace pipeline::kernels
