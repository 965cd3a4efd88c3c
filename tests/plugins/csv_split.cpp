// The dataset csv: which rows are trained on, and that statistics are those of these rows, computed in double.
#include <cmath>
#include <limits>
#include <set>

#include "csv_study.hpp"

using namespace support;
using pipeline::Data;

namespace {

/// 30 rows: a number that has the remainder of the label, and one of three labels.
std::string thirty(const std::vector<std::string>& of_three) {
  std::string table = "a,kind\n";
  for (int i = 0; i < 30; ++i)
    table += std::to_string(3 * i % 30 + i / 10) + "," + of_three[static_cast<std::size_t>(i / 10)] + "\n";
  return table;
}

std::vector<std::size_t> counts(const pipeline::Samples& samples, std::size_t first, std::size_t last,
                                std::size_t classes) {
  std::vector<std::size_t> out(classes);
  for (std::size_t i = first; i < last; ++i) ++out[samples.labels[i]];
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv_split)

BOOST_AUTO_TEST_CASE(a_table_sorted_by_label_is_noticed) {
  const std::string sorted =
      "train.csv: the rows are sorted by label, so the last ones are no fair sample; set shuffle = yes, or stratify = "
      "yes\n";
  for (const std::vector<std::string>& order : {std::vector<std::string>{"x", "y", "z"}, {"z", "x", "y"}}) {
    Study study{.train = thirty(order), .test = "", .settings = {{"test_rows", "5"}}};
    BOOST_TEST(study.warned() == sorted);
    study.settings.emplace_back("shuffle", "yes");
    BOOST_TEST(study.warned() == "");
    study.settings.back().first = "stratify";
    BOOST_TEST(study.warned() == "");
  }
  Study validated{.train = thirty({"x", "y", "z"}), .test = "a,kind\n1,x\n2,y\n3,z\n"};
  BOOST_TEST(validated.warned() == "");
  validated.validation = 4;
  BOOST_TEST(validated.warned() == sorted);
  BOOST_TEST((Study{.train = thirty({"x", "x", "x"}), .test = "", .settings = {{"test_rows", "5"}}}.warned()) == "");
  check_says((Study{.train = thirty({"x", "y", "z"}), .test = "", .settings = {{"test_rows", "10"}}}.complaint()),
             "the label 'z' is unknown: the training rows have x, y; set stratify = yes");
}

BOOST_AUTO_TEST_CASE(shuffled_rows_stay_whole_and_depend_on_the_seed) {
  const auto split = [](const char* seed) {
    return Study{.train = thirty({"x", "y", "z"}),
                 .test = "",
                 .settings = {{"test_rows", "6"}, {"shuffle", "yes"}, {"seed", seed}}}
        .data();
  };
  const Data one = split("1"), again = split("1"), two = split("2");
  BOOST_TEST(rows(one.train.floats) == rows(again.train.floats));
  BOOST_TEST(rows(one.test.floats) != rows(two.test.floats));
  std::set<float> seen;
  for (const pipeline::Samples* s : {&one.train, &one.test})
    for (arma::uword i = 0; i < s->floats.n_cols; ++i) {
      seen.insert(s->floats(0, i));
      BOOST_TEST(static_cast<int>(s->floats(0, i)) % 3 == s->labels[i]);  // so the table was made
    }
  BOOST_TEST(seen.size() == 30u);
  BOOST_TEST(one.test.size() == 6u);
}

BOOST_AUTO_TEST_CASE(stratified_rows_hold_every_label_in_proportion) {
  for (const char* shuffle : {"yes", "no"}) {
    const Study study{.train = thirty({"x", "y", "y"}),
                      .test = "",
                      .settings = {{"test_rows", "6"}, {"stratify", "yes"}, {"shuffle", shuffle}},
                      .validation = 3};
    const Data data = study.data();
    BOOST_TEST((counts(data.test, 0, 6, 2) == std::vector<std::size_t>{2, 4}));
    BOOST_TEST((counts(data.train, 21, 24, 2) == std::vector<std::size_t>{1, 2}));  // those that become validation
    BOOST_TEST((counts(data.train, 0, 21, 2) == std::vector<std::size_t>{7, 14}));
  }
}

// 1, 1.0 and 01 are one class of 20 rows, and 2 is the other.
BOOST_AUTO_TEST_CASE(spellings_of_a_label_are_not_counted_as_classes) {
  std::string mixed = "a,kind\n", sorted = "a,kind\n";
  for (int i = 0; i < 30; ++i) {
    const std::string one[] = {"1", "1.0", "01", "+1"}, number = std::to_string(i);
    mixed += number + "," + (i % 3 == 2 ? "2" : one[i % 4]) + "\n";
    sorted += number + "," + (i >= 20 ? "2" : one[i % 4]) + "\n";
  }
  Study study{.train = mixed, .test = "", .settings = {{"test_rows", "3"}, {"stratify", "yes"}}, .validation = 3};
  const Data data = study.data();
  BOOST_TEST((counts(data.test, 0, 3, 2) == std::vector<std::size_t>{2, 1}));
  BOOST_TEST((counts(data.train, 24, 27, 2) == std::vector<std::size_t>{2, 1}));
  check_says((Study{.train = sorted, .test = "", .settings = {{"test_rows", "5"}}, .validation = 6}.warned()),
             "the rows are sorted by label");
}

BOOST_AUTO_TEST_CASE(an_order_without_effect_is_told) {
  for (const char* key : {"shuffle", "stratify"}) {
    Study study{.settings = {{key, "yes"}}};
    BOOST_TEST(study.warned() == std::string(key) +
                                     " = yes only reorders the rows trained on, because test is a file of its own "
                                     "and no validation is set aside: remove it\n");
    study.validation = 1;
    BOOST_TEST(study.warned() == "");
  }
}

// By hand: without the last row a is 1, 3 (mean 2, sd 1) and b 10, 30.
BOOST_AUTO_TEST_CASE(statistics_leave_validation_rows_out) {
  Study study{.train = "a,b,kind\n1,10,x\n3,30,y\n1000,-500,x\n", .validation = 1};
  study.settings = {{"scaling", "standardise"}};
  BOOST_TEST(rows(study.data().train.floats) == "-1,-1 | 1,1 | 998,-52");
  BOOST_TEST(rows(study.data().test.floats) == "2,1");
  study.settings = {{"scaling", "minmax"}};
  BOOST_TEST(rows(study.data().train.floats) == "0,0 | 1,1 | 499.5,-25.5");
}

// Each expectation is the definition in long double.
BOOST_AUTO_TEST_CASE(close_values_are_scaled_before_they_are_rounded) {
  for (const auto& [low, high] : {std::pair("1700000000", "1700000030"),
                                  {"20240101", "20240102"},
                                  {"1e15", "1000000000000001"},
                                  {"16777216", "16777217"},
                                  {"1e-300", "3e-300"},
                                  {"-1e300", "1e300"},
                                  {"1e-310", "2e-310"}}) {
    std::string table = "a,k\n";
    for (int i = 0; i < 4; ++i) table += std::string(low) + ",0\n" + high + ",1\n";
    Study study{.train = table, .test = table, .settings = {{"scaling", "standardise"}}};
    BOOST_TEST(rows(study.data().train.floats) == "-1 | 1 | -1 | 1 | -1 | 1 | -1 | 1", low);
    BOOST_TEST(study.warned() == "");
    study.settings = {{"scaling", "minmax"}};
    BOOST_TEST(rows(study.data().train.floats) == "0 | 1 | 0 | 1 | 0 | 1 | 0 | 1", low);
  }
}

BOOST_AUTO_TEST_CASE(values_that_float32_cannot_tell_apart_are_noticed) {
  const auto warned = [](const std::string& low, const std::string& high) {
    const std::string table = "a,k\n" + low + ",0\n" + high + ",1\n";
    return Study{.train = table, .test = table}.warned();
  };
  BOOST_TEST(
      warned("1700000000", "1700000030") ==
      "train.csv: column 1 (a) has values that differ by too little for float32, which changes them by up to 30; set "
      "scaling = standardise or minmax\n");
  check_says(warned("16777216", "16777217"), "changes them by up to 1;");
  check_says(warned("20240101", "20240131"), "changes them by up to 1;");
  BOOST_TEST(warned("0.1", "0.2") == "");
  BOOST_TEST(warned("2000", "2001") == "");
  BOOST_TEST(warned("1e-30", "3e30") == "");
  BOOST_TEST(warned("0.1", "0.1") == "");
}

BOOST_AUTO_TEST_CASE(values_beyond_float32_are_refused_after_scaling) {
  const auto said = [](const std::string& cell, const Settings& settings) {
    return Study{.train = "a,b,k\n1,1,0\n2,\"" + cell + "\",1\n", .test = "a,b,k\n1,1,0\n", .settings = settings}
        .complaint();
  };
  check_says(said("1e39", {}),
             "train.csv:3:3: column 2 (b): '1e39' is too large for float32; set scaling = standardise or minmax");
  check_says(said("1e39", {{"scaling", "divide"}, {"divide_by", ".5"}}),
             "train.csv:3:3: column 2 (b): '1e39' is too large for float32 once it is scaled");
  BOOST_TEST(said("1e39", {{"scaling", "divide"}, {"divide_by", "1e10"}}) == "");
  BOOST_TEST(said("1e39", {{"scaling", "minmax"}}) == "");
  // A test row far outside.
  check_says((Study{.test = "a,b,kind\n1e300,2,x\n", .settings = {{"scaling", "minmax"}}}.complaint()),
             "test.csv:2:1: column 1 (a): '1e300' is too large for float32 once it is scaled");
}

BOOST_AUTO_TEST_SUITE_END()
