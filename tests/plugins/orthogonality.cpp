// orthogonality: both Gram matrices worked by hand, no penalty for an orthogonal matrix, and training towards one.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

double value(const learning::Entry& e, const arma::fmat& W) {
  return e.layer_penalty->value({W, {}}, {1, W, W}, first_step);  // the penalty uses neither inputs nor outputs
}
arma::fmat gradient(const learning::Entry& e, const arma::fmat& W) {
  Layer g{arma::fmat(arma::size(W), arma::fill::ones), {}};
  e.layer_penalty->add_gradient({W, {}}, {1, W, W}, g, first_step);
  return g.W - 1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(orthogonality)

BOOST_AUTO_TEST_CASE(matches_a_wide_and_a_tall_matrix_worked_by_hand) {
  const learning::Entry e = plugin("orthogonality", {{"lambda", "0.5"}});
  const arma::fmat wide = {{1, 1, 0}, {0, 1, 0}};  // W W' = {{2, 1}, {1, 1}}, minus I: {{1, 1}, {1, 0}}
  BOOST_TEST(value(e, wide) == 1.5);
  const arma::fmat expected = {{2, 4, 0}, {2, 2, 0}};  // 2 * {{1, 1}, {1, 0}} * W
  BOOST_TEST(same_bits(gradient(e, wide), expected));
  BOOST_TEST(value(e, wide.t()) == 1.5);  // the Gram matrix of the inputs is the same
  BOOST_TEST(same_bits(gradient(e, wide.t()), arma::fmat(expected.t())));
}

BOOST_AUTO_TEST_CASE(an_orthogonal_matrix_has_no_penalty) {
  const learning::Entry e = plugin("orthogonality");
  const arma::fmat W = {{0, 1, 0}, {-1, 0, 0}};
  BOOST_TEST(value(e, W) == 0);
  BOOST_TEST(arma::abs(gradient(e, W)).max() == 0);
}

BOOST_AUTO_TEST_CASE(training_makes_nodes_more_nearly_orthogonal) {
  const SmallStudy study;
  const learning::Entry e = plugin("orthogonality", {{"lambda", "0.1"}});
  const auto model = study.model_of(e), plain = study.model({});
  study.train(*model, 0, 30), study.train(*plain, 0, 30);
  for (std::size_t l = 1; l <= 3; ++l)
    BOOST_TEST(value(e, model->network().layer(l).W) < .5 * value(e, plain->network().layer(l).W));
}

BOOST_AUTO_TEST_SUITE_END()
