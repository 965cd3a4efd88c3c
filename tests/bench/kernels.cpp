// Matrix products in the shapes of the study, by the program's own kernels and by OpenBLAS, for several densities.
#include <benchmark/benchmark.h>
#include <pipeline/random.hpp>

#include "kernels/choose.hpp"
#include "kernels/products.hpp"

using namespace pipeline;
using namespace pipeline::kernels;

namespace {

arma::fmat numbers(arma::uword rows, arma::uword columns, double density, std::uint64_t stream) {
  arma::fmat m(rows, columns);
  const Random draws(stream, "bench", "", "");
  for (arma::uword i = 0; i < m.n_elem; ++i)
    m[i] = draws.uniform(2 * i) < density ? static_cast<float>(draws.uniform(2 * i + 1) - .5) : 0.0f;
  return m;
}

/// One layer and a batch of 60. Arguments: outputs, inputs, densities of the inputs and of dz in thousandths, 1 for own
/// kernels.
struct Layer60 {
  arma::fmat W, x, dz, z, dx;
  Panelled W_panels, dz_panels;
  Nonzeros of_x;
  Products products;
  double flop;
  explicit Layer60(const benchmark::State& s)
      : W(numbers(arma::uword(s.range(0)), arma::uword(s.range(1)), 1, 1)),
        x(numbers(arma::uword(s.range(1)), 60, double(s.range(2)) / 1e3, 2)),
        dz(numbers(arma::uword(s.range(0)), 60, double(s.range(3)) / 1e3, 3)),
        products(s.range(4) ? Backend::own : Backend::blas),
        flop(2.0 * double(W.n_elem) * 60) {
    of_x.assign(x);
    products.factor(W, W_panels);
    products.factor(dz, dz_panels);
  }
  void count(benchmark::State& s) const {
    s.counters["dense_GFLOPS"] = benchmark::Counter(flop / 1e9, benchmark::Counter::kIsIterationInvariantRate);
  }
};

void forward(benchmark::State& s) {
  Layer60 l(s);
  for (auto _ : s) l.products.forward({l.W, l.W_panels}, {}, l.x, l.of_x, l.z);
  l.count(s);
}
void back(benchmark::State& s) {
  Layer60 l(s);
  for (auto _ : s) l.products.back({l.W, l.W_panels}, {l.dz, l.dz_panels}, l.x, &l.of_x, l.dx);
  l.count(s);
}
/// The update of a step without tile hooks; with OpenBLAS through the whole gradient.
void update(benchmark::State& s) {
  Layer60 l(s);
  arma::fmat g(l.W.n_rows, l.W.n_cols);
  for (auto _ : s) {
    l.of_x.assign(l.x);  // the lists by input are rebuilt in every step
    if (l.products.are_own()) {
      l.products.descend(l.dz_panels, l.x, l.of_x, {1e-9f}, l.W_panels);
    } else {
      l.products.gradient({l.dz, l.dz_panels}, l.x, l.of_x, 0, l.W.n_cols, g.memptr());
      l.W -= 1e-9f * g;
    }
  }
  l.count(s);
}

/// Backward pass and update in one, as own kernels do it for a layer whose zero inputs need no gradient.
void back_and_update(benchmark::State& s) {
  Layer60 l(s);
  for (auto _ : s) {
    l.of_x.assign(l.x);
    l.products.back_and_descend(l.dz_panels, l.x, l.of_x, {1e-9f}, l.W_panels, l.dx);
  }
  l.count(s);
}

void shapes_of(benchmark::internal::Benchmark* b, std::int64_t own) {
  b->Args({1024, 784, 190, 410, own});   // layer 1, no regulariser
  b->Args({1000, 1024, 410, 350, own});  // layer 2
  b->Args({1000, 1024, 55, 190, own});   // layer 2, dropout
  b->Args({10, 1000, 350, 1000, own});   // layer 3
  b->Args({1000, 1024, 1000, 1000, own});
}
void own_shapes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"outputs", "inputs", "x", "dz", "own"});
  shapes_of(b, 1);
}
void shapes(benchmark::internal::Benchmark* b) {
  own_shapes(b);
  shapes_of(b, 0);
}

void sgemm_2048(benchmark::State& s) {
  const arma::fmat A = numbers(2048, 2048, 1, 1), B = numbers(2048, 2048, 1, 2);
  arma::fmat C;
  Nonzeros unused;
  const Panelled none;
  for (auto _ : s) Products(Backend::blas).forward({A, none}, {}, B, unused, C);
  s.counters["dense_GFLOPS"] =
      benchmark::Counter(2.0 * 2048 * 2048 * 2048 / 1e9, benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK(forward)->Apply(shapes)->Unit(benchmark::kMicrosecond);
BENCHMARK(back)->Apply(shapes)->Unit(benchmark::kMicrosecond);
BENCHMARK(update)->Apply(shapes)->Unit(benchmark::kMicrosecond);
BENCHMARK(back_and_update)->Apply(own_shapes)->Unit(benchmark::kMicrosecond);
BENCHMARK(sgemm_2048)->Unit(benchmark::kMillisecond);

}  // namespace
