// Node SNR: the hand-worked example, its options and edges, and that blocks join to one variance.
#include <boost/test/unit_test.hpp>

#include "three_images.hpp"

using namespace support;
using namespace three_images;
using boost::test_tools::tolerance;

namespace {
arma::vec snr(const Values& options = {}, const pipeline::Samples& of = samples) {
  return sheet_of(measured(metric("node_snr", options), network, of), "1");
}
}  // namespace

BOOST_AUTO_TEST_SUITE(node_snr)

BOOST_AUTO_TEST_CASE(three_images_by_hand) {
  const arma::vec nodes = snr();
  // Node 1: r = 3 0 0, variance 2; noise falls on x_1 alone: 3.001 on one image of three.
  BOOST_TEST(nodes[0] == 2 / (3.001 * 1 / 3), tolerance(rounding));
  // Node 2: r = 3 6 3, variance 2; x_2 adds 6.001 on two images of three.
  BOOST_TEST(nodes[1] == 2 / ((3.001 * 1 + 6.001 * 2) / 3), tolerance(rounding));
  BOOST_TEST(std::isnan(nodes[2]));  // no weights, no noise
  BOOST_TEST(nodes[3] == 0);         // r is 1 on every image
  const double layer = value_of(measured(metric("node_snr"), network, samples), "node_snr", 1);
  BOOST_TEST(layer == (nodes[0] + nodes[1]) / 3, tolerance(rounding));  // the undefined node is left out
}

BOOST_AUTO_TEST_CASE(options_by_hand) {
  BOOST_TEST(snr({{"noise", "2"}})[0] == 6 / 3.001 / 4, tolerance(rounding));  // noise is a standard deviation
  BOOST_TEST(snr({{"rate", "none"}})[0] == 2 / 3.001, tolerance(rounding));
  BOOST_TEST(snr({{"rescale", "none"}})[1] == 2 / (3. / 3), tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(weights_on_dark_inputs_alone_have_no_snr) {
  const auto m =
      measured(metric("node_snr"), network_of({arma::fmat{{0, 0, 5}}}), samples_of({{3, 0, 0}, {0, 6, 3}, {0, 0, 0}}));
  BOOST_TEST(std::isnan(sheet_of(m, "1")[0]));
  BOOST_TEST(std::isnan(value_of(m, "node_snr", 1)));
}

BOOST_AUTO_TEST_CASE(blocks_join_to_one_variance) {
  // 1500 copies are nine blocks; sorted, none has a mean like the whole's.
  const arma::fmat many = arma::repmat(samples.floats, 1, 1500);
  const arma::fmat sorted =
      arma::join_rows(many.cols(arma::find(many.row(0) > 0)), many.cols(arma::find(many.row(0) == 0)));
  const arma::vec nodes = snr({}, samples_of(sorted));
  BOOST_TEST(nodes[0] == snr()[0], tolerance(rounding));
  BOOST_TEST(nodes[1] == snr()[1], tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(as_noise_that_is_drawn) {
  // 200 draws an image and input; a variance of 600 draws is known to about 6 %, and 5 of those are allowed.
  const pipeline::Random draws(3, "test", "noise", "");
  double sum = 0, squares = 0, count = 0;
  for (std::uint64_t i = 0; i < 200; ++i)
    for (arma::uword n = 0; n < 3; ++n) {
      double r = 0;
      for (arma::uword j = 0; j < 2; ++j)
        if (const float x = samples.floats(j, n); x > 0)
          r += std::sqrt(samples.floats.row(j).max() + .001) * draws.normal(6 * i + 2 * n + j);
      sum += r, squares += r * r, ++count;
    }
  const double variance = squares / count - sum * sum / count / count;
  BOOST_TEST(2 / variance == snr()[1], tolerance(.3));
}

BOOST_AUTO_TEST_SUITE_END()
