// snr: one node worked by hand, the gradient against the formula with A written out, S against the metric, and training
// that raises S.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"
#include "support/scratch.hpp"
#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

arma::mat wide(const arma::fmat& m) { return arma::conv_to<arma::mat>::from(m); }

double value(const learning::Entry& e, const arma::fmat& W, const arma::fmat& x) {
  return e.layer_penalty->value({W, {}}, {1, x, W * x}, first_step);
}
arma::fmat gradient(const learning::Entry& e, const arma::fmat& W, const arma::fmat& x) {
  Layer g{arma::fmat(arma::size(W), arma::fill::zeros), {}};
  e.layer_penalty->add_gradient({W, {}}, {1, x, W * x}, g, first_step);
  return g.W;
}

/// -lambda / nodes * dS/dw of one node, directly by its definition.
arma::vec by_definition(const arma::mat& x, const arma::vec& w, double share) {
  arma::mat A(x.n_rows, x.n_rows);
  for (arma::uword j = 0; j < x.n_rows; ++j)
    for (arma::uword i = 0; i < x.n_rows; ++i)
      A(j, i) = arma::dot(x.row(j) / (x.row(j).max() + .001), x.row(i) - arma::mean(x.row(i))) /
                (double(arma::accu(x.row(j) > 0)) + .0001);
  const double e = .0001, lw = arma::norm(w);
  const arma::vec c = A * w;
  const double lc = arma::norm(c), S = arma::dot(w, c) / ((lc + e) * lw);
  return -share * ((c + A.t() * w) / ((lc + e) * lw) - S * (A.t() * c / (lc * (lc + e)) + w / (lw * lw)));
}

/// The first `count` samples of the small study as the inputs of the network.
arma::fmat samples_of_study(const SmallStudy& study, std::size_t count) {
  arma::fmat x;
  study.inputs.widen(0, count, x);
  return x;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(snr)

BOOST_AUTO_TEST_CASE(matches_one_node_worked_by_hand) {
  // r = 1, 5, so r minus its mean is -2, 2: c_1 = (-2 * 1 + 2 * 3) / (3.001 * 2.0001), c_2 = 2 * 2 / (2.001 * 1.0001)
  const arma::fmat x = {{1, 3}, {0, 2}}, W = {{1, 1}};
  const double c1 = 4 / (3.001 * 2.0001), c2 = 4 / (2.001 * 1.0001);
  const double S = (c1 + c2) / ((std::hypot(c1, c2) + .0001) * std::sqrt(2.));
  BOOST_TEST(value(plugin("snr", {{"lambda", "2"}}), W, x) == 2 * (1 - S), boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(the_gradient_matches_its_formula_and_is_zero_for_nodes_without_weights) {
  const SmallStudy study;
  const arma::fmat x = samples_of_study(study, 50);
  arma::fmat W = study.start.layer(1).W;
  W.row(3).zeros();
  const arma::fmat g = gradient(plugin("snr", {{"lambda", "2"}}), W, x);
  const double size = arma::abs(g).max();
  for (arma::uword k = 0; k < W.n_rows; ++k) {
    const arma::vec expected =
        k == 3 ? arma::vec(20, arma::fill::zeros) : by_definition(wide(x), wide(W).row(k).t(), 2. / 16);
    // Two successive float32 sums of 50 products.
    BOOST_TEST(arma::abs(wide(g).row(k).t() - expected).max() < 1e-5 * size);
  }
  BOOST_TEST(arma::all(g.row(3) == 0));
}

BOOST_AUTO_TEST_CASE(identical_samples_have_S_0_and_no_gradient) {
  const SmallStudy study;
  const arma::fmat x = samples_of_study(study, 1);
  BOOST_TEST(value(plugin("snr"), study.start.layer(1).W, x) == 1);  // S counts as 0
  BOOST_TEST(arma::abs(gradient(plugin("snr"), study.start.layer(1).W, x)).max() == 0);
}

BOOST_AUTO_TEST_CASE(its_S_equals_that_of_the_metric_on_the_same_samples) {
  const SmallStudy study;
  const auto model = study.model_of(plugin("snr", {{"lambda", "1"}}));
  learning::Pass pass;
  pass.x.resize(3);
  pass.x[0] = samples_of_study(study, 50);
  support::forward({kernels::Products(), {}, {0, 0, Random(0)}, learning::Form::measuring, NetworkShape()}, study.start,
                   pass);
  const measuring::Measured m = measured(metric("snr_optimality"), study.start, study.samples);
  double expected = 0;
  for (std::size_t l = 1; l <= 3; ++l) expected += 1 - value_of(m, "snr_optimality", l);
  BOOST_TEST(model->batch_penalty(study.start, pass, no_targets) == expected,
             boost::test_tools::tolerance(1e-5));  // float32 sums
}

BOOST_AUTO_TEST_CASE(training_with_it_raises_S_in_every_layer) {
  const SmallStudy study;
  const auto pursued = study.model_of(plugin("snr", {{"lambda", "1"}})), plain = study.model({});
  study.train(*pursued, 0, 100), study.train(*plain, 0, 100);
  const auto S = [&](const learning::Model& model, std::size_t l) {
    return value_of(measured(metric("snr_optimality"), model.network(), study.samples), "snr_optimality", l);
  };
  for (std::size_t l = 1; l <= 3; ++l) BOOST_TEST(S(*pursued, l) > S(*plain, l) + .02);
}

BOOST_AUTO_TEST_CASE(a_batch_of_one_is_refused) {
  const auto complaint = [](std::uint64_t batch_size) {
    return message_of([&] { plugin("snr").object->check_training({batch_size, 100}); });
  };
  BOOST_TEST(complaint(2) == "");
  check_says(complaint(1), "batch_size = 1 has no covariance");
}

BOOST_AUTO_TEST_SUITE_END()
