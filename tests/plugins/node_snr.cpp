// Node SNR: an example worked by hand, options, limiting cases, and blocks that combine to one variance.
#include <boost/test/unit_test.hpp>

#include "support/scratch.hpp"
#include "three_samples.hpp"

using namespace support;
using namespace three_samples;
using boost::test_tools::tolerance;

namespace {
arma::vec snr(const Values& options = {}, const pipeline::Samples& of = samples) {
  return sheet_of(measured(metric("node_snr", options), network, of), "1");
}
}  // namespace

BOOST_AUTO_TEST_SUITE(node_snr)

BOOST_AUTO_TEST_CASE(matches_three_samples_worked_by_hand) {
  const arma::vec nodes = snr();
  // Node 1: r = 3 0 0, variance 2; only x_1 has noise: 3.001 on one sample of three.
  BOOST_TEST(nodes[0] == 2 / (3.001 * 1 / 3), tolerance(rounding));
  // Node 2: r = 3 6 3, variance 2; x_2 adds 6.001 on two samples of three.
  BOOST_TEST(nodes[1] == 2 / ((3.001 * 1 + 6.001 * 2) / 3), tolerance(rounding));
  BOOST_TEST(std::isnan(nodes[2]));  // no weights, no noise
  BOOST_TEST(nodes[3] == 0);         // r is 1 on every sample
  const double layer = value_of(measured(metric("node_snr"), network, samples), "node_snr", 1);
  BOOST_TEST(layer == (nodes[0] + nodes[1]) / 3, tolerance(rounding));  // the undefined node is left out
}

BOOST_AUTO_TEST_CASE(options_match_values_worked_by_hand) {
  BOOST_TEST(snr({{"noise", "2"}})[0] == 6 / 3.001 / 4, tolerance(rounding));  // noise is a standard deviation
  BOOST_TEST(snr({{"rate", "none"}})[0] == 2 / 3.001, tolerance(rounding));
  BOOST_TEST(snr({{"rescale", "none"}})[1] == 2 / (3. / 3), tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(a_node_with_weights_only_on_dark_inputs_yields_nan) {
  const auto m =
      measured(metric("node_snr"), network_of({arma::fmat{{0, 0, 5}}}), samples_of({{3, 0, 0}, {0, 6, 3}, {0, 0, 0}}));
  BOOST_TEST(std::isnan(sheet_of(m, "1")[0]));
  BOOST_TEST(std::isnan(value_of(m, "node_snr", 1)));
}

BOOST_AUTO_TEST_CASE(blocks_combine_to_one_variance) {
  // 1500 copies make nine blocks; sorted, no block has the mean of the whole.
  const arma::fmat many = arma::repmat(samples.floats, 1, 1500);
  const arma::fmat sorted =
      arma::join_rows(many.cols(arma::find(many.row(0) > 0)), many.cols(arma::find(many.row(0) == 0)));
  const arma::vec nodes = snr({}, samples_of(sorted));
  BOOST_TEST(nodes[0] == snr()[0], tolerance(rounding));
  BOOST_TEST(nodes[1] == snr()[1], tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(matches_the_variance_of_drawn_noise) {
  // 200 draws per sample and input. The variance of 600 draws has a standard error of about 6 %; 5 are allowed.
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

BOOST_AUTO_TEST_CASE(a_node_that_receives_nothing_that_changes_has_a_ratio_of_0) {
  const auto m = measured(metric("node_snr"), network_of({arma::fmat{{0, -3, 7, .3f}}}), with_constants());
  BOOST_TEST(sheet_of(m, "1")[0] == 0);
}

BOOST_AUTO_TEST_CASE(negative_inputs_are_refused_with_all_options_to_set) {
  const auto complaint = [](const char* plugin) {
    return message_of([&] { metric(plugin).metric->check({{3, 2}, true}, false); });
  };
  for (const char* plugin : {"node_snr", "signal_factor", "sign_disagreement", "snr_optimality", "weights_against_c"})
    check_says(complaint(plugin), "set rate = none and rescale = none");
}

BOOST_AUTO_TEST_SUITE_END()
