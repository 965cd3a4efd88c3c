// Standardise: features and whole datasets worked by hand, constants, and a test set scaled with the statistics of the
// training set.
#include <boost/test/unit_test.hpp>

#include <pipeline/dataset.hpp>

#include "support/load_plugin.hpp"

using namespace support;
using namespace pipeline;

namespace {

Data standardised(const char* over, Data data) {
  auto dataset = load<Dataset>("dataset", "standardise");
  set(*dataset, {{"over", over}});
  return dynamic_cast<const Wrapper&>(*dataset).change(std::move(data));
}

Data of(const arma::fmat& train, const arma::fmat& test) {
  Data data;
  data.train.floats = train, data.test.floats = test;
  data.train.labels.assign(train.n_cols, 0), data.test.labels.assign(test.n_cols, 0);
  return data;
}

/// Training, validation and test samples of `features` features, which differ in scale, as floats.
Data drawn_data(std::size_t features) {
  Data data;
  arma::arma_rng::set_seed(5);
  std::size_t count = 40;
  for (Samples* s : {&data.train, &data.validation, &data.test}) {
    s->floats = arma::randu<arma::fmat>(features, count) * static_cast<float>(count);
    s->labels.assign(count, 0);
    count /= 2;
  }
  return data;
}

double largest_difference(const arma::fmat& a, const arma::mat& b) {
  return arma::abs(arma::conv_to<arma::mat>::from(a) - b).max();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(standardise)

// Feature 1: 1, 3, 3, 5: mean 3, variance 8 / 4. Feature 2 is constant. Feature 3: 0, 0, 0, 8: mean 2, variance 48 / 4.
const arma::fmat train = {{1, 3, 3, 5}, {7, 7, 7, 7}, {0, 0, 0, 8}}, test = {{3, 9}, {7, 8}, {2, 0}};

BOOST_AUTO_TEST_CASE(standardising_each_feature_matches_values_worked_by_hand) {
  const Data data = standardised("feature", of(train, test));
  const double a = std::sqrt(2.), b = std::sqrt(12.);
  // One rounding to float32 of numbers up to 5.
  BOOST_TEST(largest_difference(data.train.floats,
                                {{-2 / a, 0, 0, 2 / a}, {0, 0, 0, 0}, {-2 / b, -2 / b, -2 / b, 6 / b}}) < 3e-7);
  BOOST_TEST(largest_difference(data.test.floats, {{0, 6 / a}, {0, 0}, {0, -2 / b}}) < 3e-7);
}

BOOST_AUTO_TEST_CASE(standardising_the_whole_dataset_matches_values_worked_by_hand) {
  const Data data = standardised("set", of({{1, 3}, {3, 5}}, arma::fvec{3, 0}));  // mean 3, variance 8 / 4
  const double a = std::sqrt(2.);
  BOOST_TEST(largest_difference(data.train.floats, {{-2 / a, 0}, {0, 2 / a}}) < 3e-7);
  BOOST_TEST(largest_difference(data.test.floats, arma::vec{0, -3 / a}) < 3e-7);
}

BOOST_AUTO_TEST_CASE(bytes_are_scaled_before_they_are_standardised) {
  for (const char* over : {"feature", "set"}) {
    Data bytes = of({}, {});
    bytes.train.bytes = arma::conv_to<arma::Mat<std::uint8_t>>::from(train);
    bytes.test.bytes = arma::conv_to<arma::Mat<std::uint8_t>>::from(test);
    for (Samples* s : {&bytes.train, &bytes.test}) s->scale = .5, s->offset = -1;  // exact in float32
    const Data a = standardised(over, bytes), b = standardised(over, of(train / 2 - 1, test / 2 - 1));
    BOOST_TEST((a.train.bytes.is_empty() && a.test.bytes.is_empty()));
    BOOST_TEST((arma::approx_equal(a.train.floats, b.train.floats, "absdiff", 0) &&
                arma::approx_equal(a.test.floats, b.test.floats, "absdiff", 0)));
  }
}

BOOST_AUTO_TEST_CASE(validation_samples_are_scaled_and_change_no_statistic) {
  const Data raw = drawn_data(3);
  for (const std::string over : {"feature", "set"}) {
    const Data data = standardised(over.c_str(), raw);
    const arma::mat trained = arma::conv_to<arma::mat>::from(raw.train.floats);
    arma::vec mean = arma::mean(trained, 1), sd = arma::stddev(trained, 1, 1);  // over the training samples alone
    if (over == "set") {
      mean.fill(arma::mean(arma::vectorise(trained)));
      sd.fill(arma::stddev(arma::vectorise(trained), 1));
    }
    for (const auto split : {&Data::train, &Data::validation, &Data::test}) {
      const arma::mat before = arma::conv_to<arma::mat>::from((raw.*split).floats);
      const arma::mat expected = (before.each_col() - mean).eval().each_col() / sd;
      BOOST_TEST(largest_difference((data.*split).floats, expected) < 1e-6);  // one rounding of numbers up to 5
    }
  }
}

// Bytes 0 and 1 at this scale are one number in float32; the wrapper computes from the bytes themselves.
BOOST_AUTO_TEST_CASE(bytes_are_not_rounded_before_they_are_standardised) {
  for (const char* over : {"feature", "set"}) {
    Data data = of({}, {});
    data.train.bytes = {{0, 1}}, data.test.bytes = {{3, 1}};
    for (Samples* s : {&data.train, &data.test}) s->scale = 1e-8, s->offset = 1;
    data = standardised(over, std::move(data));
    BOOST_TEST(largest_difference(data.train.floats, {{-1, 1}}) < 1e-6);
    BOOST_TEST(largest_difference(data.test.floats, {{5, 1}}) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(a_dataset_of_one_value_becomes_0) {
  const Data data = standardised("set", of(arma::fmat(2, 3, arma::fill::value(.1f)), arma::fvec{5, .1f}));
  BOOST_TEST((arma::abs(data.train.floats).max() == 0 && arma::abs(data.test.floats).max() == 0));
}

BOOST_AUTO_TEST_SUITE_END()
