// Max-norm: weight vectors of nodes that exceed the limit are shortened to it; all others keep every bit.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {
/// An entry with its arrays.
struct Limited {
  explicit Limited(const char* limit) : entry(plugin("max_norm", {{"limit", limit}})), states(network) {
    states.declare(entry);
    states.complete();
  }
  void after_update(arma::fmat& W, arma::fvec& b) const {
    entry.after_layer_update->after_update(W, b, 1, entry.step(0, 0.1f));
  }
  Network network = {{{{1}, {}}}};
  learning::Entry entry;
  learning::States states;
};
}  // namespace

BOOST_AUTO_TEST_SUITE(max_norm)

BOOST_AUTO_TEST_CASE(matches_three_nodes_worked_by_hand) {
  const Limited e("2.5");
  arma::fmat W = {{3, 4}, {1.5f, 2}, {0.1f, 0.2f}};  // lengths 5, 2.5 (the limit itself) and .22
  arma::fvec b;
  e.after_update(W, b);
  BOOST_TEST(same_bits(W, arma::fmat{{1.5f, 2}, {1.5f, 2}, {0.1f, 0.2f}}));  // exact: the factor is 1/2
}

BOOST_AUTO_TEST_CASE(the_length_includes_the_bias_if_biases_are_covered) {
  const Limited e("2.5");
  arma::fmat W = {{3, 0}};
  arma::fvec b = {4};
  e.after_update(W, b);
  BOOST_TEST(W(0, 0) == 1.5f);
  BOOST_TEST(b[0] == 2);
}

BOOST_AUTO_TEST_CASE(a_limit_that_is_never_reached_is_told_at_the_end) {
  const Limited idle("6"), acting("4.5"), off("inf"), untrained("6");
  arma::fvec b;
  for (const Limited* e : {&idle, &acting, &off}) {
    arma::fmat W = {{3, 4}}, shorter = {{1, 0}};
    e->after_update(W, b), e->after_update(shorter, b);
  }
  BOOST_TEST(idle.entry.object->remark() == "never acted: the longest weight vector was 5, the limit is 6");
  for (const Limited* e : {&acting, &off, &untrained}) BOOST_TEST(e->entry.object->remark() == "");
}

BOOST_AUTO_TEST_CASE(no_node_of_a_trained_model_exceeds_the_limit) {
  const SmallStudy study;
  const auto model = study.model_of(plugin("max_norm", {{"limit", "0.3"}}));
  study.train(*model, 0, 20);
  for (std::size_t l = 1; l <= 3; ++l)
    for (arma::uword k = 0; k < model->network().layer(l).outputs(); ++k) {
      const arma::vec w = arma::conv_to<arma::vec>::from(model->network().layer(l).W.row(k));
      BOOST_TEST(arma::norm(w) <= 0.3 * (1 + 1e-6));  // the factor and each product are rounded to float32
    }
}

BOOST_AUTO_TEST_SUITE_END()
