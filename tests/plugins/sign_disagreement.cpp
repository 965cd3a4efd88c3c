// Sign disagreement: counted by hand; a total over inputs and nodes, in which zeros disagree with nothing.
#include <boost/test/unit_test.hpp>

#include "three_images.hpp"

using namespace support;
using namespace three_images;

namespace {
double count(const pipeline::Network& n, const pipeline::Samples& s, const Values& options = {}) {
  return value_of(measured(metric("sign_disagreement", options), n, s), "sign_disagreement", 1);
}
}  // namespace

BOOST_AUTO_TEST_SUITE(sign_disagreement)

BOOST_AUTO_TEST_CASE(three_images_by_hand) {
  // Node 1: w_1 c_1 > 0, the other weights are 0. Node 2: w_1 c_1 < 0, w_2 c_2 > 0. Nodes 3 and 4: w or c is 0.
  BOOST_TEST(count(network, samples) == 1);
}

BOOST_AUTO_TEST_CASE(a_total_not_a_mean) {
  const pipeline::Network twice = network_of({arma::fmat{{1, 1, 0}, {1, 1, 0}, {-1, -1, 0}}});
  BOOST_TEST(count(twice, samples) == 3);  // turning a node's weights round turns its c round as well
}

BOOST_AUTO_TEST_CASE(a_dead_input_disagrees_with_nothing) {
  const pipeline::Samples dark = samples_of({{3, 0, 0}, {0, 6, 3}, {0, 0, 0}});
  BOOST_TEST(count(network_of({arma::fmat{{1, 1, -7}}}), dark) == 1);
  BOOST_TEST(count(network_of({arma::fmat{{1, 1, -7}}}), dark, {{"inputs", "live"}}) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
