// spectral_norm: a power iteration from u and v of ones worked by hand, the start, convergence of sigma to the largest
// singular value, and training with the penalty, which keeps it smaller.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// An entry whose arrays are bound to a network of one layer.
struct Bound {
  learning::Entry entry;
  Network network;
  learning::States states{network};
  Bound(const char* lambda, const arma::fmat& W)
      : entry(plugin("spectral_norm", {{"lambda", lambda}})), network{{{W, {}}}} {
    states.declare(entry);
    states.complete();
  }
  arma::fmat& array(const std::string& name) {
    return const_cast<learning::Kept&>(states.all().at("spectral_norm." + name)).values.at(1);
  }
  double value() const { return entry.layer_penalty->value(network.layer(1), {1, network.layer(1).W, {}}, first_step); }
  void iterate() {
    arma::fvec no_biases;
    entry.after_layer_update->after_update(network.layer(1).W, no_biases, 1, entry.step(0, 0.1f));
  }
};

double largest(const Network& n, std::size_t l) {
  return arma::svd(arma::conv_to<arma::mat>::from(n.layer(l).W)).max();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(spectral_norm)

BOOST_AUTO_TEST_CASE(matches_a_diagonal_matrix_worked_by_hand) {
  Bound b("0.5", {{3, 0}, {0, 1}});
  b.array("u") = b.array("v") = arma::fvec{1, 1};
  const auto tolerance = boost::test_tools::tolerance(1e-6);  // u and v are float32
  BOOST_TEST(b.value() == .5 / 2 * 2 * 2, tolerance);         // u = v = (1, 1) / sqrt(2): sigma = 2
  Layer g{arma::fmat(2, 2, arma::fill::zeros), {}};
  b.entry.layer_penalty->add_gradient(b.network.layer(1), {1, g.W, {}}, g, first_step);
  for (const float x : g.W) BOOST_TEST(x == .5 * 2 * .5, boost::test_tools::tolerance(1e-6f));  // lambda sigma u v'
  b.iterate();  // v = (3, 1) / sqrt(10), u = W v / |W v| = (9, 1) / sqrt(82): sigma = |W v| = sqrt(82 / 10)
  BOOST_TEST(b.value() == .25 * 8.2, tolerance);
  for (int i = 0; i < 20; ++i) b.iterate();
  BOOST_TEST(b.value() == .25 * 9, tolerance);  // (1 / 3)^40 of the other direction remains
}

BOOST_AUTO_TEST_CASE(a_zero_matrix_leaves_u_and_v_unchanged) {
  Bound b("0.5", {{0, 0}, {0, 0}});
  b.array("u") = b.array("v") = arma::fvec{1, 1};
  b.iterate();
  BOOST_TEST(b.value() == 0);
  b.network.layer(1).W = arma::fmat{{3, 0}, {0, 1}};
  BOOST_TEST(b.value() == 1, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(the_penalty_is_nearly_exact_before_the_first_update) {
  // With u and v of ones, sigma of these matrices would be about 0.
  const SmallStudy study({300, 200, 100, 10});
  const auto model = study.model_of(plugin("spectral_norm", {{"lambda", "1"}}, only_layer(2)));
  learning::Pass pass;
  pass.x.resize(3), pass.z.resize(3);
  const double exact = std::pow(largest(study.start, 2), 2) / 2,
               penalty = model->batch_penalty(model->network(), pass, no_targets);
  BOOST_TEST(penalty <= exact * (1 + 1e-6));
  BOOST_TEST(penalty > .94 * exact);                                                            // .97^2
  BOOST_TEST(Bound("2", {{1, -1}, {1, -1}}).value() == 4, boost::test_tools::tolerance(1e-6));  // W times ones is 0
}

BOOST_AUTO_TEST_CASE(training_keeps_sigma_smaller) {
  const SmallStudy study;
  const auto model = study.model_of(plugin("spectral_norm", {{"lambda", "0.1"}})), plain = study.model({});
  study.train(*model, 0, 60), study.train(*plain, 0, 60);
  for (std::size_t l = 1; l <= 3; ++l) BOOST_TEST(largest(model->network(), l) < .9 * largest(plain->network(), l));
}

// At a strength that does not make the largest singular values equal, which one step per update would follow late.
BOOST_AUTO_TEST_CASE(the_penalty_tracks_sigma_while_training) {
  const SmallStudy study;
  const auto model = study.model_of(plugin("spectral_norm", {{"lambda", "0.02"}}));
  study.train(*model, 0, 60);
  double sum = 0;
  for (std::size_t l = 1; l <= 3; ++l) sum += .02 / 2 * std::pow(largest(model->network(), l), 2);
  learning::Pass pass;
  pass.x.resize(3), pass.z.resize(3);
  const double penalty = model->batch_penalty(model->network(), pass, no_targets);
  BOOST_TEST(penalty <= sum * (1 + 1e-6));  // sigma is approached from below, up to rounding
  BOOST_TEST(penalty > .95 * sum);
}

BOOST_AUTO_TEST_SUITE_END()
