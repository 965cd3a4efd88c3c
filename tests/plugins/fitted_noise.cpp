// Fitted noise: of marked images only, whose given label is the spoiled one; nothing where none is marked.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"

using namespace support;

namespace {
const pipeline::Network identity = network_of({arma::fmat{{1, 0}, {0, 1}}});
//                                 predicted:  0  0  1  1  1
const pipeline::Samples images = samples_of({{1, 1, 0, 0, 0}, {0, 0, 1, 1, 1}}, {0, 1, 1, 0, 1});
double fitted(std::vector<std::uint8_t> marked) {
  pipeline::Samples samples = images;
  samples.marked = std::move(marked);
  return value_of(measured(metric("fitted_noise"), identity, samples), "fitted_noise");
}
}  // namespace

BOOST_AUTO_TEST_SUITE(fitted_noise)

BOOST_AUTO_TEST_CASE(five_images_by_hand) {
  BOOST_TEST(fitted({0, 1, 1, 1, 0}) == 1. / 3);  // the third one fits its spoiled label
  BOOST_TEST(fitted({1, 0, 1, 0, 1}) == 1);
  BOOST_TEST(fitted({0, 1, 0, 1, 0}) == 0);
}

BOOST_AUTO_TEST_CASE(nothing_where_none_is_marked) {
  BOOST_TEST(std::isnan(fitted({})));
  BOOST_TEST(std::isnan(fitted({0, 0, 0, 0, 0})));
}

BOOST_AUTO_TEST_CASE(is_of_training_images_unless_told) { BOOST_TEST(metric("fitted_noise").info.on == "train"); }

BOOST_AUTO_TEST_SUITE_END()
