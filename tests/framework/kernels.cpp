// The kernels against the plain loops they stand for, bit by bit, over awkward shapes and densities.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <thread>

#include "learning/kernels/choose.hpp"
#include "learning/products.hpp"
#include "support/small_model.hpp"

using namespace pipeline;
using namespace pipeline::learning;
using kernels::Level;
using support::same_bits;

namespace {

/// Numbers of every size a network has, each zero with probability 1 - density, half of the zeros negative.
arma::fmat numbers(arma::uword rows, arma::uword columns, double density, std::uint64_t stream) {
  arma::fmat m(rows, columns);
  const Random draws(stream, "test", "kernels", "");
  for (arma::uword i = 0; i < m.n_elem; ++i) {
    const double x = std::ldexp(draws.normal(2 * i), static_cast<int>(draws.below(12, 3 * m.n_elem + i)) - 6);
    const bool kept = draws.uniform(8 * m.n_elem + i) < density;
    m[i] = kept ? static_cast<float>(x) : std::signbit(x) ? -0.0f : 0.0f;
  }
  return m;
}

struct Shape {
  arma::uword outputs, inner, columns;
  double density;
};
std::ostream& operator<<(std::ostream& out, const Shape& s) {
  return out << s.outputs << " x " << s.inner << " x " << s.columns << ", density " << s.density;
}

std::vector<Shape> shapes() {
  std::vector<Shape> all = {
      {1, 1, 1, 1}, {10, 1000, 60, .35}, {112, 60, 64, .4}, {113, 257, 65, .06}, {1000, 300, 3, 1}};
  const Random draws(3, "test", "shapes", "");
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto size = [&](std::uint64_t most, std::uint64_t which) { return 1 + draws.below(most, 4 * i + which); };
    const double densities[] = {0, .02, .2, .5, 1};
    all.push_back({size(240, 0), size(150, 1), size(140, 2), densities[i % 5]});
  }
  return all;
}

/// y = A b, or from there on w = fma(-rate, A b, w), with A as it is or handed over transposed.
struct Case {
  arma::fmat A, A_transposed, b, w;
  mutable Nonzeros of_b;
  explicit Case(const Shape& s)
      : A(numbers(s.outputs, s.inner, 1, 1)),
        A_transposed(A.t()),
        b(numbers(s.inner, s.columns, s.density, 2)),
        w(numbers(s.outputs, s.columns, 1, 3)) {
    of_b.of(b);
  }
  kernels::Dense dense(bool transposed) const {
    const arma::fmat& m = transposed ? A_transposed : A;
    return {m.memptr(), m.n_rows, A.n_rows, A.n_cols, transposed};
  }
  arma::fmat product(const Level& level, bool transposed, std::size_t parts = 1) const {
    arma::fmat y(A.n_rows, b.n_cols, arma::fill::value(std::numeric_limits<float>::quiet_NaN()));
    const std::size_t panels = level.panels(A.n_rows);
    for (std::size_t p = parts; p-- > 0;)
      level.product(dense(transposed), of_b.columns(), y.memptr(), y.n_rows,
                    {p * panels / parts, (p + 1) * panels / parts});
    return y;
  }
  arma::fmat descended(const Level& level, std::size_t parts = 1) const {
    arma::fmat out = w;
    const std::size_t panels = level.panels(A.n_rows);
    for (std::size_t p = parts; p-- > 0;)
      level.descend(dense(false), of_b.columns(), out.memptr(), out.n_rows, .1f,
                    {p * panels / parts, (p + 1) * panels / parts});
    return out;
  }
};

bool fuses(const Level& level) { return &level != &kernels::baseline; }

}  // namespace

BOOST_AUTO_TEST_SUITE(own_kernels)

BOOST_AUTO_TEST_CASE(every_level_with_fused_multiply_add_has_the_bits_of_the_plain_loops) {
  for (const Shape& s : shapes()) BOOST_TEST_CONTEXT(s) {
      const Case c(s);
      const arma::fmat y = c.product(kernels::plain, false), w = c.descended(kernels::plain);
      for (const Level* level : kernels::usable()) BOOST_TEST_CONTEXT(level->name) {
          BOOST_TEST(same_bits(c.product(*level, false), c.product(*level, true)));
          BOOST_TEST(same_bits(c.product(*level, false), c.product(*level, false, 3)));
          if (fuses(*level)) {
            BOOST_TEST(same_bits(c.product(*level, false), y));
            BOOST_TEST(same_bits(c.descended(*level), w));
            BOOST_TEST(same_bits(c.descended(*level, 3), w));
          } else {  // rounds each product too: twice the error of one rounding for each of `inner` terms
            const arma::mat size =
                arma::abs(arma::conv_to<arma::mat>::from(c.A)) * arma::abs(arma::conv_to<arma::mat>::from(c.b));
            const arma::mat off = arma::abs(arma::conv_to<arma::mat>::from(c.product(*level, false) - y));
            BOOST_TEST(arma::all(arma::vectorise(off <= 2 * static_cast<double>(s.inner + 1) * 6e-8 * size + 1e-30)));
          }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_product_is_right_to_float32_rounding) {
  for (const Shape& s : shapes()) BOOST_TEST_CONTEXT(s) {
      const Case c(s);
      const arma::mat A = arma::conv_to<arma::mat>::from(c.A), b = arma::conv_to<arma::mat>::from(c.b);
      const arma::mat off = arma::abs(arma::conv_to<arma::mat>::from(c.product(kernels::best(), false)) - A * b);
      BOOST_TEST(arma::all(
          arma::vectorise(off <= static_cast<double>(s.inner + 1) * 6e-8 * (arma::abs(A) * arma::abs(b)) + 1e-30)));
    }
}

BOOST_AUTO_TEST_CASE(a_chain_that_underflows_below_zero_ends_as_plain_zero_with_or_without_the_terms_left_out) {
  const arma::fmat A = {{1e-30f, 5}};
  arma::fmat b(2, 1);
  b(0, 0) = -1e-30f, b(1, 0) = 0;
  Nonzeros of_b;
  of_b.of(b);
  for (const Level* level : kernels::usable()) {
    float y = 1;
    level->product({A.memptr(), 1, 1, 2, false}, of_b.columns(), &y, 1, {0, 1});
    BOOST_TEST(y == 0);
    BOOST_TEST(!std::signbit(y));
  }
}

BOOST_AUTO_TEST_CASE(nonzeros_list_each_element_once_by_column_and_by_row) {
  for (const auto& [rows, columns, density] :
       {std::tuple{1, 1, 0.}, {7, 5, .4}, {1, 30, 1.}, {33, 1, .5}, {20, 20, 0.}}) {
    const arma::fmat m = numbers(arma::uword(rows), arma::uword(columns), density, 5);
    Nonzeros of;
    of.of(numbers(40, 40, 1, 6));  // what it held before must not show
    of.rows();
    of.of(m);
    const auto matrix = [](const kernels::Sparse& s, arma::uword inner) {
      arma::fmat out(inner, s.columns, arma::fill::zeros);
      std::size_t count = 0;
      for (std::size_t c = 0; c < s.columns; ++c) {
        const kernels::Nonzero* e = s.first + s.begin[c];
        for (std::uint32_t next = 0; e->row < inner; ++e, ++count) {
          BOOST_TEST(e->row >= next);
          BOOST_TEST(e->value != 0);
          next = e->row + 1;
          out(e->row, c) = e->value;
        }
        BOOST_TEST(e->row == inner);
      }
      BOOST_TEST(count == s.count);
      return out;
    };
    BOOST_TEST(arma::all(arma::vectorise(matrix(of.columns(), m.n_rows) == m)));
    BOOST_TEST(arma::all(arma::vectorise(matrix(of.rows(), m.n_cols) == m.t())));
  }
}

BOOST_AUTO_TEST_CASE(every_level_lists_the_same) {
  for (const arma::uword count : {1, 7, 8, 9, 16, 100, 253})
    for (const double density : {0., .1, .5, 1.}) {
      const arma::fmat x = numbers(count, 1, density, count);
      std::vector<kernels::Nonzero> plain(count + kernels::kSpare), listed = plain;
      const std::size_t kept = kernels::plain.list(x.memptr(), count, plain.data());
      for (const Level* level : kernels::usable()) {
        BOOST_TEST_REQUIRE(level->list(x.memptr(), count, listed.data()) == kept);
        BOOST_TEST(std::memcmp(plain.data(), listed.data(), kept * sizeof(kernels::Nonzero)) == 0);
      }
    }
}

BOOST_AUTO_TEST_CASE(not_a_number_is_no_zero) {
  arma::fmat m(2, 1);
  m[0] = std::numeric_limits<float>::quiet_NaN(), m[1] = 0;
  Nonzeros of;
  of.of(m);
  BOOST_TEST(of.columns().count == 1u);
}

BOOST_AUTO_TEST_CASE(a_model_learns_the_same_bits_whether_or_not_its_gradient_is_seen_or_stored) {
  struct Sees final : Regulariser, GradientChange {
    void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
  };
  struct Stores final : Regulariser, NetworkGradientChange {
    void change(const Network&, Network&, const Step&) const override {}
  };
  const support::SmallStudy study({20, 130, 37, 5});
  const auto none = study.model({}), sees = study.model_of(support::entry("sees", std::make_shared<Sees>())),
             stores = study.model_of(support::entry("stores", std::make_shared<Stores>()));
  for (learning::Model* m : {none.get(), sees.get(), stores.get()}) study.train(*m, 0, 30);
  BOOST_TEST(same_bits(none->network(), sees->network()));
  BOOST_TEST(same_bits(none->network(), stores->network()));
  BOOST_TEST(!same_bits(none->network(), study.start));
}

/// Threads that do nothing but help, until the end of the scope.
struct Helping {
  Crew& crew;
  std::atomic<bool> over = false;
  std::vector<std::jthread> threads;
  Helping(Crew& of, int count) : crew(of) {
    for (int i = 0; i < count; ++i)
      threads.emplace_back([this] {
        while (!over) crew.help(std::chrono::milliseconds(1));
      });
  }
  ~Helping() { over = true; }
};

BOOST_AUTO_TEST_CASE(a_crew_is_joined_by_others) {
  Crew crew;
  const Helping helping(crew, 1);
  bool joined = false;
  for (int round = 0; round < 1000 && !joined; ++round) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(10);
    std::atomic<int> arrived = 0;
    crew.divide(3, [&](std::size_t) {  // whoever is here waits for a second one
      ++arrived;
      while (arrived < 2 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
      if (std::chrono::steady_clock::now() < end) joined = true;
    });
  }
  BOOST_TEST(joined);
}

BOOST_AUTO_TEST_CASE(a_crew_does_each_part_once_for_several_at_a_time) {
  Crew crew;
  const Helping helping(crew, 2);
  const auto ask = [&](std::size_t parts) {
    for (int round = 0; round < 300; ++round) {
      std::vector<int> times(parts, 0);
      crew.divide(parts, [&](std::size_t i) { ++times[i]; });
      if (std::ranges::any_of(times, [](int n) { return n != 1; })) return false;
    }
    return true;
  };
  bool other = false;
  std::jthread beside([&] { other = ask(7); });
  BOOST_TEST(ask(40));
  beside.join();
  BOOST_TEST(other);
}

BOOST_AUTO_TEST_CASE(a_model_learns_the_same_bits_whoever_shares_in_its_products) {
  const support::SmallStudy study({784, 1200, 1130, 5});  // large enough to be shared
  const auto learnt = [&](Crew* crew) {
    Model m("model", study.start, {}, study.rate, {}, 5, Products(Kernels::own, crew));
    study.train(m, 0, 5);
    return m.network();
  };
  const Network alone = learnt(nullptr);
  Crew crew;
  for (const int helpers : {0, 1, 3}) {
    const Helping helping(crew, helpers);
    BOOST_TEST(same_bits(learnt(&crew), alone));
  }
}

BOOST_AUTO_TEST_CASE(both_kinds_of_kernels_learn_the_same_up_to_rounding) {
  const support::SmallStudy study({20, 130, 37, 5});
  const auto learnt = [&](Kernels kernels) {
    Model m("model", study.start, {}, study.rate, {}, 5, Products(kernels));
    study.train(m, 0, 20);
    return m.network();
  };
  const Network own = learnt(Kernels::own), blas = learnt(Kernels::blas);
  for (std::size_t l = 1; l <= 3; ++l)
    BOOST_TEST(arma::abs(own.layer(l).W - blas.layer(l).W).max() < 2e-6);  // 20 steps of a few roundings of .1
}

BOOST_AUTO_TEST_SUITE_END()
