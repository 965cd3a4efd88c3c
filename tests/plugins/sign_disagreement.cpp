// Sign disagreement: counts worked by hand; a sum over inputs and nodes, in which zeros never disagree.
#include <boost/test/unit_test.hpp>

#include "three_samples.hpp"

using namespace support;
using namespace three_samples;

namespace {
double count(const pipeline::Network& n, const pipeline::Samples& s, const Values& options = {}) {
  return value_of(measured(metric("sign_disagreement", options), n, s), "sign_disagreement", 1);
}
}  // namespace

BOOST_AUTO_TEST_SUITE(sign_disagreement)

BOOST_AUTO_TEST_CASE(matches_three_samples_worked_by_hand) {
  // Node 1: w_1 c_1 > 0, the other weights are 0. Node 2: w_1 c_1 < 0, w_2 c_2 > 0. Nodes 3 and 4: w or c is 0.
  BOOST_TEST(count(network, samples) == 1);
}

BOOST_AUTO_TEST_CASE(nodes_are_summed_and_not_averaged) {
  const pipeline::Network twice = network_of({arma::fmat{{1, 1, 0}, {1, 1, 0}, {-1, -1, 0}}});
  BOOST_TEST(count(twice, samples) == 3);  // negating the weights of a node negates its c as well
}

BOOST_AUTO_TEST_CASE(an_input_that_is_always_0_disagrees_with_nothing) {
  const pipeline::Samples dark = samples_of({{3, 0, 0}, {0, 6, 3}, {0, 0, 0}});
  BOOST_TEST(count(network_of({arma::fmat{{1, 1, -7}}}), dark) == 1);
  BOOST_TEST(count(network_of({arma::fmat{{1, 1, -7}}}), dark, {{"inputs", "live"}}) == 1);
}

// What 1,200 rounded sums leave of a covariance that is 0 has a sign, but no meaning.
BOOST_AUTO_TEST_CASE(an_input_or_node_that_never_changes_disagrees_with_nothing) {
  const pipeline::Samples many = with_constants();
  for (const char* inputs : {"all", "live"})
    for (const char* rate : {"positive", "above_mean", "none"})
      for (const char* rescale : {"max", "none"}) {
        const Values options = {{"inputs", inputs}, {"rate", rate}, {"rescale", rescale}};
        // The second node receives nothing that changes: its r is the same on every sample.
        BOOST_TEST(count(network_of({arma::fmat{{1, -3, 7, -.3f}, {0, -3, 7, .3f}, {0, 3, -7, .3f}}}), many, options) ==
                   0);
        BOOST_TEST(count(network_of({arma::fmat{{-1, 3, -7, .3f}, {0, 1, 1, 1}}}), many, options) == 0);
      }
}

BOOST_AUTO_TEST_SUITE_END()
