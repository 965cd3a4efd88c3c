// The order of rows whose last ones are set aside: drawn from the seed, and each class in proportion.
#include "../../plugins/datasets/row_split.hpp"

#include <boost/test/unit_test.hpp>

using namespace pipeline::datasets;

namespace {

using Rows = std::vector<std::uint32_t>;

/// Sorted by class: `sizes` rows of class 0, 1, ..
std::vector<std::uint16_t> sorted_labels(const std::vector<std::size_t>& sizes) {
  std::vector<std::uint16_t> labels;
  for (std::size_t c = 0; c < sizes.size(); ++c) labels.insert(labels.end(), sizes[c], static_cast<std::uint16_t>(c));
  return labels;
}

/// How many of the places first .. last - 1 of the order have each label.
std::map<std::uint16_t, std::size_t> count(const std::vector<std::uint16_t>& labels, const Rows& order,
                                           std::size_t first, std::size_t last) {
  std::map<std::uint16_t, std::size_t> out;
  for (std::size_t i = first; i < last; ++i) ++out[labels[order[i]]];
  return out;
}

using Counts = std::map<std::uint16_t, std::size_t>;

bool is_permutation(Rows order) {
  std::ranges::sort(order);
  for (std::size_t i = 0; i < order.size(); ++i)
    if (order[i] != i) return false;
  return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(row_split)

BOOST_AUTO_TEST_CASE(by_default_rows_stay_where_they_are) {
  BOOST_TEST((row_order(sorted_labels({2, 2}), {1}, {}) == Rows{0, 1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(shuffled_rows_are_the_permutation_of_the_seed) {
  const auto labels = sorted_labels({50, 50});
  const Rows order = row_order(labels, {10}, {.shuffle = true, .seed = 3});
  BOOST_TEST((order == pipeline::Random(3, "row_split", "", "").permutation(100)));
  BOOST_TEST((order != row_order(labels, {10}, {.shuffle = true, .seed = 4})));
}

BOOST_AUTO_TEST_CASE(stratified_ends_hold_each_class_in_proportion) {
  const auto labels = sorted_labels({50, 30, 20});
  for (const bool shuffle : {false, true}) {
    const Rows order = row_order(labels, {20, 10}, {.shuffle = shuffle, .stratify = true});
    BOOST_TEST(is_permutation(order));
    BOOST_TEST((count(labels, order, 80, 100) == Counts{{0, 10}, {1, 6}, {2, 4}}));
    BOOST_TEST((count(labels, order, 70, 80) == Counts{{0, 5}, {1, 3}, {2, 2}}));
  }
}

// Without shuffling, the last rows of each class are set aside, and nothing else moves.
BOOST_AUTO_TEST_CASE(stratifying_keeps_the_order_otherwise) {
  const std::vector<std::string> labels = {"b", "a", "b", "a", "b", "a"};
  BOOST_TEST((row_order(labels, {2}, {.stratify = true}) == Rows{0, 1, 2, 3, 4, 5}));
  BOOST_TEST((row_order(sorted_labels({3, 3}), {2}, {.stratify = true}) == Rows{0, 1, 3, 4, 2, 5}));
}

// 7 of 100 rows: 3.5, 2.45 and 1.05 become 3, 2 and 1, and the first class has lost most.
BOOST_AUTO_TEST_CASE(the_largest_remainders_are_rounded_up) {
  BOOST_TEST((in_proportion({50, 35, 15}, 7) == std::vector<std::size_t>{4, 2, 1}));
  BOOST_TEST((in_proportion({10, 10, 10}, 4) == std::vector<std::size_t>{2, 1, 1}));  // equal ones: the first class
}

BOOST_AUTO_TEST_CASE(a_rare_class_keeps_a_row_to_train_on) {
  BOOST_TEST((in_proportion({1, 1, 8}, 5) == std::vector<std::size_t>{0, 0, 5}));
  BOOST_TEST((in_proportion({1, 1, 1, 1}, 2) == std::vector<std::size_t>{1, 1, 0, 0}));  // none can spare one
  for (std::size_t taken = 0; taken < 40; ++taken) {
    const auto shares = in_proportion({1, 2, 7, 30}, taken);
    BOOST_TEST(shares[0] + shares[1] + shares[2] + shares[3] == taken);
    if (taken <= 36)
      for (std::size_t c = 0; c < 4; ++c) BOOST_TEST(shares[c] < (std::vector<std::size_t>{1, 2, 7, 30}[c]));
  }
}

BOOST_AUTO_TEST_CASE(more_rows_than_there_are_change_nothing) {
  BOOST_TEST((row_order(sorted_labels({1, 2}), {3}, {.stratify = true}) == Rows{0, 1, 2}));
  BOOST_TEST(row_order(std::vector<std::uint16_t>(), {0}, {.shuffle = true, .stratify = true}).empty());
}

BOOST_AUTO_TEST_CASE(values_and_columns_are_put_in_order) {
  const Rows order = {2, 0, 1};
  BOOST_TEST((in_order(std::vector<int>{5, 6, 7}, order) == std::vector<int>{7, 5, 6}));
  BOOST_TEST(arma::approx_equal(in_order(arma::fmat{{1, 2, 3}, {4, 5, 6}}, order), arma::fmat{{3, 1, 2}, {6, 4, 5}},
                                "absdiff", 0));
}

BOOST_AUTO_TEST_SUITE_END()
