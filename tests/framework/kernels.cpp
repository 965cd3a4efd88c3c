// Compares the kernels with the plain loops that they replace, bit by bit, over awkward shapes and densities.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "kernels/activations.hpp"
#include "kernels/choose.hpp"
#include "kernels/elementwise.hpp"
#include "kernels/panels.hpp"
#include "kernels/products.hpp"
#include "support/small_model.hpp"

using namespace pipeline;
using namespace pipeline::kernels;
using namespace pipeline::learning;
using support::same_bits;

namespace {

/// Numbers of every magnitude in a network, each zero with probability 1 - density; half of the zeros are negative.
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
  bool gaps = false;  // every fifth row and every fifth column is all zero
};
std::ostream& operator<<(std::ostream& out, const Shape& s) {
  return out << s.outputs << " x " << s.inner << " x " << s.columns << ", density " << s.density;
}

std::vector<Shape> shapes() {
  std::vector<Shape> all = {{1, 1, 1, 1},           {10, 1000, 60, .35},    {112, 60, 64, .4},
                            {113, 257, 65, .06},    {1000, 300, 3, 1},      {33, 70, 300, .3},
                            {40, 65, 12, 1, true},  {33, 130, 20, 1, true}, {20, 300, 600, .4, true},
                            {16, 700, 9, .02, true}};
  const Random draws(3, "test", "shapes", "");
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto size = [&](std::uint64_t most, std::uint64_t which) { return 1 + draws.below(most, 4 * i + which); };
    const double densities[] = {0, .02, .2, .5, 1};
    all.push_back({size(240, 0), size(150, 1), size(140, 2), densities[i % 5]});
  }
  return all;
}

const float kUnwritten = std::numeric_limits<float>::quiet_NaN();

/// All products of a layer: y = A b, w = fma(-rate, A b + decay * w, w), and A' d where b is not zero.
struct Case {
  arma::fmat A, b, w, d;
  arma::fvec bias;
  Panelled A_panels, d_panels;
  mutable Nonzeros of_b;
  explicit Case(const Shape& s)
      : A(numbers(s.outputs, s.inner, 1, 1)),
        b(numbers(s.inner, s.columns, s.density, 2)),
        w(numbers(s.outputs, s.columns, 1, 3)),
        d(numbers(s.outputs, s.columns, .7, 4)),
        bias(numbers(s.outputs, 1, 1, 5)) {
    for (arma::uword i = 0; s.gaps && i < b.n_rows; i += 5) b.row(i).zeros();
    for (arma::uword i = 0; s.gaps && i < b.n_cols; i += 5) b.col(i).zeros();
    of_b.assign(b);
    A_panels.assign(A);
    d_panels.assign(d);
  }
  template <class F>
  static void in_parts(std::size_t count, std::size_t parts, F&& f) {
    for (std::size_t p = parts; p-- > 0;) f(kernels::Part{p * count / parts, (p + 1) * count / parts});
  }
  arma::fmat product(const Level& level, std::size_t parts = 1, bool relu = false) const {
    arma::fmat y(A.n_rows, b.n_cols, arma::fill::value(kUnwritten));
    in_parts(kernels::panels(A.n_rows), parts, [&](kernels::Part part) {
      level.product(A_panels.view(), of_b.columns(), {bias.memptr(), relu}, y.memptr(), y.n_rows, part);
    });
    return y;
  }
  arma::fmat descended(const Level& level, float decay, std::size_t parts = 1) const {
    Panelled out;
    out.assign(w);
    in_parts(kernels::panels(A.n_rows), parts, [&](kernels::Part part) {
      level.descend(A_panels.view(), of_b.columns(), out.data(), {.1f, decay}, part);
    });
    arma::fmat as_matrix(w.n_rows, w.n_cols);
    out.copy_to(as_matrix);
    return as_matrix;
  }
  arma::fmat back(const Level& level, std::size_t parts = 1) const {
    arma::fmat y(A.n_cols, b.n_cols, arma::fill::value(kUnwritten));
    in_parts(A.n_cols, parts, [&](kernels::Part part) {
      level.back(A_panels.view(), d_panels.view(), of_b.rows(b), y.memptr(), y.n_rows, part);
    });
    return y;
  }
  /// back() in one pass with the update of A by d and b: the result of back(), and below it the updated A.
  arma::fmat back_and_descended(const Level& level, float decay, std::size_t parts = 1) const {
    Panelled out;
    out.assign(A);
    arma::fmat y(A.n_cols, b.n_cols, arma::fill::value(kUnwritten)), as_matrix(A.n_rows, A.n_cols);
    in_parts(A.n_cols, parts, [&](kernels::Part part) {
      level.back_and_descend(out.data(), d_panels.view(), of_b.rows(b), {.1f, decay}, y.memptr(), y.n_rows, part);
    });
    out.copy_to(as_matrix);
    return arma::join_vert(arma::vectorise(y), arma::vectorise(as_matrix));
  }
  /// The same, one after the other.
  arma::fmat back_then_descended(const Level& level, float decay) const {
    const arma::fmat y = back(level);
    Panelled out;
    out.assign(A);
    arma::fmat as_matrix(A.n_rows, A.n_cols);
    level.descend(d_panels.view(), of_b.rows(b), out.data(), {.1f, decay}, {0, kernels::panels(A.n_rows)});
    out.copy_to(as_matrix);
    return arma::join_vert(arma::vectorise(y), arma::vectorise(as_matrix));
  }
};

#if defined(__aarch64__)
bool fuses(const Level&) { return true; }
#else
bool fuses(const Level& level) { return &level != &kernels::baseline; }
#endif

}  // namespace

BOOST_AUTO_TEST_SUITE(own_kernels)

BOOST_AUTO_TEST_CASE(every_level_with_fused_multiply_add_has_the_bits_of_the_plain_loops) {
  for (const Shape& s : shapes()) BOOST_TEST_CONTEXT(s) {
      const Case c(s);
      const arma::fmat y = c.product(kernels::plain), cut_y = c.product(kernels::plain, 1, true);
      const arma::fmat dx = c.back(kernels::plain);
      const float decays[] = {0, .5f};
      const arma::fmat descended[] = {c.descended(kernels::plain, 0), c.descended(kernels::plain, .5f)};
      const arma::fmat both[] = {c.back_and_descended(kernels::plain, 0), c.back_and_descended(kernels::plain, .5f)};
      for (const Level* level : kernels::usable()) BOOST_TEST_CONTEXT(level->name) {
          BOOST_TEST(same_bits(c.product(*level), c.product(*level, 3)));
          arma::fmat cut;
          kernels::activate(pipeline::ActivationFunction::relu, c.product(*level), cut);
          BOOST_TEST(same_bits(c.product(*level, 3, true), cut));
          BOOST_TEST(same_bits(c.back(*level), c.back(*level, 3)));
          for (const std::size_t i : {0, 1}) {
            const float decay = decays[i];
            BOOST_TEST(same_bits(c.descended(*level, decay), c.descended(*level, decay, 3)));
            if (fuses(*level)) BOOST_TEST(same_bits(c.descended(*level, decay), descended[i]));
            BOOST_TEST(same_bits(c.back_and_descended(*level, decay), c.back_then_descended(*level, decay)));
            BOOST_TEST(same_bits(c.back_and_descended(*level, decay, 3), c.back_then_descended(*level, decay)));
            if (fuses(*level)) BOOST_TEST(same_bits(c.back_and_descended(*level, decay), both[i]));
          }
          if (fuses(*level)) {
            BOOST_TEST(same_bits(c.product(*level), y));
            BOOST_TEST(same_bits(c.product(*level, 1, true), cut_y));
            BOOST_TEST(same_bits(c.back(*level), dx));
          } else {  // products are rounded too: twice the error of one rounding for each of the `inner` terms
            const arma::mat size =
                arma::abs(arma::conv_to<arma::mat>::from(c.A)) * arma::abs(arma::conv_to<arma::mat>::from(c.b)) +
                arma::repmat(arma::abs(arma::conv_to<arma::mat>::from(c.bias)), 1, c.b.n_cols);
            const arma::mat off = arma::abs(arma::conv_to<arma::mat>::from(c.product(*level) - y));
            BOOST_TEST(arma::all(arma::vectorise(off <= 2 * static_cast<double>(s.inner + 1) * 6e-8 * size + 1e-30)));
          }
        }
    }
}

BOOST_AUTO_TEST_CASE(products_are_correct_up_to_float32_rounding) {
  const auto wide = [](const arma::fmat& m) { return arma::conv_to<arma::mat>::from(m); };
  const auto within = [](const arma::mat& off, std::size_t terms, const arma::mat& size) {
    return arma::all(arma::vectorise(arma::abs(off) <= static_cast<double>(terms + 1) * 6e-8 * size + 1e-30));
  };
  for (const Shape& s : shapes()) BOOST_TEST_CONTEXT(s) {
      const Case c(s);
      const arma::mat A = wide(c.A), b = wide(c.b), d = wide(c.d);
      for (const Level* level : kernels::usable()) BOOST_TEST_CONTEXT(level->name) {
          const std::size_t rounds = fuses(*level) ? 1 : 2;
          const arma::mat biases = arma::repmat(wide(c.bias), 1, b.n_cols);
          BOOST_TEST(within(wide(c.product(*level)) - A * b - biases, rounds * s.inner + 1,
                            arma::abs(A) * arma::abs(b) + arma::abs(biases)));
          arma::mat dx = A.t() * d;
          dx.elem(arma::find(c.b == 0)).zeros();
          BOOST_TEST(within(wide(c.back(*level)) - dx, rounds * s.outputs, arma::abs(A.t()) * arma::abs(d)));
          arma::mat w = wide(c.w), g = A * b + .5 * w;
          BOOST_TEST(within(wide(c.descended(*level, .5f)) - (w - double{.1f} * g), rounds * s.inner + 4,
                            arma::abs(w) + .1 * (arma::abs(A) * arma::abs(b) + .5 * arma::abs(w))));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_product_accumulated_in_double_equals_the_whole_product) {
  for (const Shape& s : shapes()) BOOST_TEST_CONTEXT(s) {
      const Case c(s);  // d [outputs x columns] and b [inner x columns] share their columns
      for (const Backend kernels : {Backend::own, Backend::blas}) {
        const Products products(kernels);
        Panelled panels;
        const Factor d = products.factor(c.d, panels);
        Nonzeros of_b;
        of_b.assign(c.b);
        arma::fmat whole(c.d.n_rows, c.b.n_rows);
        products.gradient(d, c.b, of_b, 0, c.b.n_rows, whole.memptr());
        Products::Room room;
        arma::mat sum;
        products.add_product(d, c.b, room, sum);
        BOOST_TEST(arma::all(arma::vectorise(sum == arma::conv_to<arma::mat>::from(whole))));
        products.add_product(d, c.b, room, sum);
        BOOST_TEST(arma::all(arma::vectorise(sum == 2 * arma::conv_to<arma::mat>::from(whole))));
      }
    }
}

BOOST_AUTO_TEST_CASE(a_matrix_survives_conversion_to_panels_and_back) {
  Panelled panels;
  for (const auto& [rows, columns] : {std::pair{1000, 3}, {1, 1}, {113, 20}, {16, 7}}) {
    const arma::fmat m = numbers(arma::uword(rows), arma::uword(columns), 1, 9);
    panels.assign(m);
    arma::fmat back(m.n_rows, m.n_cols);
    panels.copy_to(back);
    BOOST_TEST(same_bits(m, back));
    std::size_t next = 0;  // every output exactly once
    for (std::size_t p = 0; p < kernels::panels(m.n_rows); ++p) {
      const kernels::Panel panel = kernels::panel(m.n_rows, p);
      BOOST_TEST(panel.first == next);
      BOOST_TEST(panel.width <= 112u);
      next = panel.first + panel.count;
    }
    BOOST_TEST(next == m.n_rows);
  }
}

BOOST_AUTO_TEST_CASE(a_sum_that_underflows_from_below_is_positive_zero_with_or_without_the_skipped_terms) {
  Panelled A;
  A.assign({{1e-30f, 5}});
  arma::fmat b(2, 1);
  b(0, 0) = -1e-30f, b(1, 0) = 0;
  Nonzeros of_b;
  of_b.assign(b);
  for (const Level* level : kernels::usable()) {
    float y = 1;
    level->product(A.view(), of_b.columns(), {}, &y, 1, {0, 1});
    BOOST_TEST(y == 0);
    BOOST_TEST(!std::signbit(y));
  }
}

BOOST_AUTO_TEST_CASE(nonzeros_list_each_element_once_by_column_and_by_row) {
  for (const auto& [rows, columns, density] :
       {std::tuple{1, 1, 0.}, {7, 5, .4}, {1, 30, 1.}, {33, 1, .5}, {20, 20, 0.}, {17, 200, .3}, {9, 64, 1.}}) {
    const arma::fmat m = numbers(arma::uword(rows), arma::uword(columns), density, 5);
    Nonzeros of;
    const arma::fmat before = numbers(40, 40, 1, 6);  // must leave no trace
    of.assign(before);
    of.rows(before);
    of.assign(m);
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
    BOOST_TEST(arma::all(arma::vectorise(matrix(of.rows(m), m.n_cols) == m.t())));
  }
}

BOOST_AUTO_TEST_CASE(every_level_lists_the_same_nonzeros) {
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

BOOST_AUTO_TEST_CASE(every_level_lists_the_same_rows) {
  for (const arma::uword rows : {1, 15, 16, 17, 40})
    for (const arma::uword columns : {1, 7, 8, 65}) {
      arma::fmat all = numbers(rows + 5, columns, .4, rows);  // the rows from 3 on are listed
      all[3 + rows / 2] = std::numeric_limits<float>::quiet_NaN();
      const arma::fmat copied = all.rows(3, rows + 2);
      const auto listed = [&](const Level& level, bool in_place = true) {
        const float* const x = in_place ? all.memptr() + 3 : copied.memptr();
        const std::size_t stride = in_place ? all.n_rows : rows;
        std::vector<kernels::Nonzero> out(rows * (columns + 1) + kernels::kSpare);
        std::vector<std::uint32_t> begin(rows);
        std::vector<float> room(kernels::kRowsListed * columns);
        out.resize(level.list_rows(x, stride, rows, columns, room.data(), out.data(), begin.data()) + rows);
        return std::pair(out, begin);
      };
      const auto [entries, begin] = listed(kernels::plain, false);
      BOOST_TEST(listed(kernels::plain).second == begin);
      for (const Level* level : kernels::usable()) BOOST_TEST_CONTEXT(level->name) {
          const auto [its_entries, its_begin] = listed(*level);
          BOOST_TEST(its_begin == begin);
          BOOST_TEST_REQUIRE(its_entries.size() == entries.size());
          BOOST_TEST(std::memcmp(its_entries.data(), entries.data(), entries.size() * sizeof entries[0]) == 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(nan_is_not_treated_as_zero) {
  arma::fmat m(2, 1);
  m[0] = std::numeric_limits<float>::quiet_NaN(), m[1] = 0;
  Nonzeros of;
  of.assign(m);
  BOOST_TEST(of.columns().count == 1u);
  Panelled W;
  for (const arma::uword outputs : {16, 19}) {  // whole registers, and with a remainder
    W.assign(arma::fmat(outputs, 2, arma::fill::ones));
    arma::fvec y(outputs);
    for (const Level* level : kernels::usable()) {
      level->product(W.view(), of.columns(), {.relu = true}, y.memptr(), y.n_elem, {0, 1});
      BOOST_TEST(arma::uvec(arma::find_nan(y)).n_elem == outputs);  // ReLU does not hide NaN, so divergence is detected
    }
  }
}

BOOST_AUTO_TEST_CASE(bytes_become_floats_by_scale_and_offset) {
  std::vector<std::uint8_t> bytes(256 + 5);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(37 * i);
  for (const auto& [scale, offset] :
       {std::pair{1.0 / 255, 0.0}, {1.0 / 3, -.1}, {.1, 1e-9}, {-1.0 / 7, 1e8}, {1.0 / 7, -1.0}}) {
    std::vector<float> out(bytes.size());
    scaled(bytes, scale, offset, out.data());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      // The product must be rounded separately. 7 / 7 - 1 shows it: a fused multiply-add leaves the error of 1 / 7.
      const volatile double product = scale * bytes[i];
      BOOST_TEST(out[i] == static_cast<float>(offset + product));
      if (offset == 0) BOOST_TEST(out[i] == static_cast<float>(bytes[i]) / 255);
    }
  }
}

// Inputs of the draws' formulas that are near the ends of their pieces come by themselves: words are all sizes of number.
BOOST_AUTO_TEST_CASE(draws_and_powers_have_the_same_bits_at_every_level) {
  const kernels::Stream stream{{3, 5, 7}, {0x12345678, 0x9abcdef0}};
  constexpr std::size_t counters = 20'001;
  std::vector<std::uint32_t> words(4 * counters), expected_words = words;
  std::vector<float> normals(4 * counters), expected_normals = normals;
  kernels::plain.words(stream, 0xfffffff0, counters, expected_words.data());
  kernels::plain.normals(stream, 0xfffffff0, counters, expected_normals.data());
  for (const Level* level : kernels::usable()) BOOST_TEST_CONTEXT(level->name) {
      level->words(stream, 0xfffffff0, counters, words.data());
      level->normals(stream, 0xfffffff0, counters, normals.data());
      BOOST_TEST((words == expected_words));
      BOOST_TEST(std::memcmp(normals.data(), expected_normals.data(), normals.size() * sizeof(float)) == 0);
      for (const float power : {.1f, .5f, .8f, 1.5f, 2.0f}) {
        std::vector<float> x(words.size());  // any bits: infinity, NaN and denormal numbers too
        std::memcpy(x.data(), words.data(), x.size() * sizeof(float));
        std::vector<float> expected = x;
        kernels::plain.powers(expected.data(), x.size(), power);
        level->powers(x.data(), x.size(), power);
        BOOST_TEST(std::memcmp(x.data(), expected.data(), x.size() * sizeof(float)) == 0);
      }
    }
}

BOOST_AUTO_TEST_SUITE_END()
