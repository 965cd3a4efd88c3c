// Label smoothing: targets against values worked by hand; the inputs are unchanged.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(label_smoothing)

BOOST_AUTO_TEST_CASE(matches_two_samples_worked_by_hand) {
  const learning::Entry e = plugin("label_smoothing", {{"epsilon", "0.5"}});
  Batch batch{{{7, 8}}, {{1, 0}, {0, 0.5f}, {0, 0.5f}, {0, 0}}, {}};
  e.batch->change(batch, e.step(0, 0.1f));
  const arma::fmat expected = {{.625f, .125f}, {.125f, .375f}, {.125f, .375f}, {.125f, .125f}};  // exact in binary
  BOOST_TEST(same_bits(batch.targets, expected));
  BOOST_TEST(same_bits(batch.inputs, arma::fmat{{7, 8}}));
}

BOOST_AUTO_TEST_SUITE_END()
