// Random numbers: the published test vectors, the documented formulas, and moments within stated limits.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <set>

#include <pipeline/random.hpp>

using pipeline::Random;

namespace {
constexpr int n = 100'000;
/// 5 sd of a mean of n draws with this sd: one false alarm in two million, and the draws are always the same.
double five_sd(double sd) { return 5 * sd / std::sqrt(double(n)); }
}  // namespace

BOOST_AUTO_TEST_SUITE(random_numbers)

// Random123's kat_vectors for philox4x32 with 10 rounds. Index and layer are the low words of the counter, the step is
// the high ones.
BOOST_AUTO_TEST_CASE(known_answers) {
  BOOST_TEST((Random(0).words(0) == Random::Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const Random ones = Random(0xffffffffffffffff).in_layer(0xffffffff).at_step(0xffffffffffffffff);
  BOOST_TEST((ones.words(0xffffffff) == Random::Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  const Random pi = Random(0x299f31d0a4093822).in_layer(0x85a308d3).at_step(0x0370734413198a2e);
  BOOST_TEST((pi.words(0x243f6a88) == Random::Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

BOOST_AUTO_TEST_CASE(a_key_is_the_hash_of_the_names) {
  // printf '1/regulariser/dropout/dropout' | sha256sum  begins bc24d95885f415db: 8 bytes, little-endian.
  const Random named(1, "regulariser", "dropout", "dropout"), keyed(0xdb15f48558d924bc);
  BOOST_TEST((named.words(5) == keyed.words(5)));
  std::set<std::uint32_t> first_words;
  for (const Random& r : {Random(1, "a", "b", "c"), Random(2, "a", "b", "c"), Random(1, "x", "b", "c"),
                          Random(1, "a", "x", "c"), Random(1, "a", "b", "x"), Random(1, "a", "b", "c").in_layer(1),
                          Random(1, "a", "b", "c").at_step(1), Random(1, "a", "b", "c").at_step(1ull << 32)})
    first_words.insert(r.word(0));
  BOOST_TEST(first_words.size() == 8u);
}

BOOST_AUTO_TEST_CASE(uniform_numbers) {
  const Random r(1, "test", "uniform", "");
  double sum = 0, squares = 0;
  for (int i = 0; i < n; ++i) {
    const double u = r.uniform(i);
    BOOST_REQUIRE((u > 0 && u < 1));
    sum += u, squares += (u - .5) * (u - .5);
  }
  BOOST_TEST(std::abs(sum / n - .5) < five_sd(std::sqrt(1. / 12)));
  BOOST_TEST(std::abs(squares / n - 1. / 12) < five_sd(std::sqrt(1. / 180)));  // sd of (u - 1/2)^2
}

// Counters have four draws, registers up to 32 counters: lengths around these, from every place in a counter.
BOOST_AUTO_TEST_CASE(many_draws_at_once_equal_single_ones_from_any_index_and_for_any_length) {
  const Random r = Random(1, "test", "normal", "").in_layer(3).at_step(5ull << 32 | 7);
  for (const std::uint64_t first : {0ull, 1ull, 2ull, 3ull, 6ull, 1001ull, 4ull * 0xffffffff - 5})
    for (const std::size_t length :
         {0, 1, 2, 3, 4, 5, 31, 63, 64, 65, 127, 128, 129, 511, 513, 1023, 1024, 1025, 2500}) {
      std::vector<float> normals(length + 1, -77.0f);
      std::vector<std::uint32_t> words(length + 1, 77);
      r.normals(first, std::span(normals).first(length));
      r.words(first, std::span(words).first(length));
      BOOST_TEST_REQUIRE((normals.back() == -77 && words.back() == 77));
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < length; ++i) {
        float one;
        r.normals(first + i, std::span(&one, 1));
        wrong += one != normals[i] || r.word(first + i) != words[i];
      }
      BOOST_TEST(wrong == 0u, "from " << first << ", " << length);
      std::size_t next = 0;
      r.normals(first, length, [&](std::size_t i, float drawn) { wrong += i != next++ || drawn != normals[i]; });
      BOOST_TEST((wrong == 0 && next == length));
    }
}

BOOST_AUTO_TEST_CASE(normals_are_the_double_ones_within_the_stated_error) {
  const Random r(1, "test", "error", "");
  double worst = 0;
  std::vector<float> drawn(2 * n);
  r.normals(0, drawn);
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const double exact = r.normal(i);
    worst = std::max(worst, std::abs(drawn[i] - exact) / std::abs(exact));
  }
  BOOST_TEST(worst < 4e-7);
  BOOST_TEST(worst > 1e-8);  // they are float32
}

BOOST_AUTO_TEST_CASE(normal_numbers) {
  const Random r(1, "test", "normal", "");
  double moments[5] = {}, neighbours = 0;
  for (int i = 0; i < n; ++i) {
    const double z = r.normal(i);
    for (int m = 1; m <= 4; ++m) moments[m] += std::pow(z, m) / n;
    neighbours += z * r.normal(i ^ 1) / n;  // cosine and sine of one pair
  }
  BOOST_TEST(std::abs(moments[1]) < five_sd(1));
  BOOST_TEST(std::abs(moments[2] - 1) < five_sd(std::sqrt(2.)));
  BOOST_TEST(std::abs(moments[3]) < five_sd(std::sqrt(15.)));
  BOOST_TEST(std::abs(moments[4] - 3) < five_sd(std::sqrt(96.)));
  BOOST_TEST(std::abs(neighbours) < five_sd(std::sqrt(2.)));  // each pair counts twice
}

BOOST_AUTO_TEST_CASE(permutations) {
  BOOST_TEST(Random(1).permutation(0).empty());
  BOOST_TEST((Random(1).permutation(1) == std::vector<std::uint32_t>{0}));
  int count[6] = {};  // for each of the six orders of three
  for (int i = 0; i < n; ++i) {
    const std::vector<std::uint32_t> order = Random(1, "test", "orders", "").at_step(std::uint64_t(i)).permutation(3);
    BOOST_REQUIRE((std::set<std::uint32_t>(order.begin(), order.end()) == std::set<std::uint32_t>{0, 1, 2}));
    ++count[2 * order[0] + (order[1] > order[2])];
  }
  for (const int c : count) BOOST_TEST(std::abs(c / double(n) - 1. / 6) < five_sd(std::sqrt(5.) / 6));
}

BOOST_AUTO_TEST_CASE(draws_with_a_probability) {
  const Random r(1, "test", "bernoulli", "");
  for (const double p : {0.5, 0.8, 0.001, 1.0}) {
    int drawn = 0, calls = 0;
    std::size_t expected = 0;
    bool in_order = true;
    r.bernoulli(p, n, [&](std::size_t i, bool yes) {
      in_order &= i == expected++;
      ++calls;
      drawn += yes;
      if (i < 300) BOOST_TEST(yes == (p == 0.5 ? (r.word(i / 32) >> i % 32 & 1) != 0 : r.word(i) < p * 0x1p32));
    });
    BOOST_TEST(calls == n);
    BOOST_TEST(in_order);
    BOOST_TEST(std::abs(drawn / double(n) - p) <= five_sd(std::sqrt(p * (1 - p))));
  }
  int calls = 0;
  r.bernoulli(0.5, 0, [&](std::size_t, bool) { ++calls; });
  r.bernoulli(0.3, 3, [&](std::size_t, bool) { ++calls; });  // less than a block
  BOOST_TEST(calls == 3);
}

BOOST_AUTO_TEST_CASE(draws_with_a_probability_from_any_index_are_part_of_all) {
  const Random r(1, "test", "bernoulli", "");
  for (const double p : {0.5, 0.8, 1.0}) {
    std::vector<int> all;
    r.bernoulli(p, 3000, [&](std::size_t, bool yes) { all.push_back(yes); });
    for (const std::size_t first : {0, 1, 31, 32, 33, 127, 1000})
      for (const std::size_t length : {0, 1, 31, 32, 33, 65, 1000, 2000}) {
        std::vector<int> part;
        r.bernoulli(p, first, length, [&](std::size_t i, bool yes) {
          BOOST_REQUIRE(i == part.size());
          part.push_back(yes);
        });
        BOOST_TEST_REQUIRE(part.size() == length);
        BOOST_TEST(std::equal(part.begin(), part.end(), all.begin() + std::ptrdiff_t(first)));
      }
  }
}

BOOST_AUTO_TEST_CASE(whole_numbers_below_a_bound) {
  const Random r(1, "test", "below", "");
  int count[7] = {};
  for (int i = 0; i < n; ++i) ++count[r.below(7, i)];  // a draw of 7 would be out of bounds
  for (const int c : count) BOOST_TEST(std::abs(c / double(n) - 1. / 7) < five_sd(std::sqrt(6.) / 7));
  BOOST_TEST(r.below(1, 5) == 0u);
  const std::uint64_t huge = 1ull << 63;
  // The second word of a pair is the high one: floor(bits * 2^63 / 2^64) >> 31.
  BOOST_TEST((r.below(huge, 9) >> 31) == r.word(19));
}

BOOST_AUTO_TEST_SUITE_END()
