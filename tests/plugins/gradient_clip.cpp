// gradient_clip: the whole gradient is one vector; it is shortened to the limit and unchanged if it is not longer.
#include <boost/test/unit_test.hpp>

#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

// Length 13 over two layers and a bias: 9 + 16 + 144.
const Network gradient = {{{{{3, 0}}, {4}}, {{-12}, {}}}};

struct Clipped {
  Network g = gradient;
  std::string remark;
  explicit Clipped(const char* limit) {
    const learning::Entry e = plugin("gradient_clip", {{"limit", limit}});
    learning::States states(gradient);
    states.declare(e);
    states.complete();
    e.network_gradient->change(gradient, g, e.step(0, 0.1f));
    remark = e.object->remark();
  }
};
Network clipped(const char* limit) { return Clipped(limit).g; }

}  // namespace

BOOST_AUTO_TEST_SUITE(gradient_clip)

BOOST_AUTO_TEST_CASE(matches_four_elements_worked_by_hand) {
  BOOST_TEST(same_bits(clipped("6.5"), {{{{{1.5f, 0}}, {2}}, {{-6}, {}}}}));  // exact: the factor is 1/2
  BOOST_TEST(same_bits(clipped("13"), gradient));                             // the limit itself
  BOOST_TEST(same_bits(clipped("inf"), gradient));
}

BOOST_AUTO_TEST_CASE(a_limit_that_is_never_reached_is_told_at_the_end) {
  BOOST_TEST(Clipped("13").remark == "never acted: the longest gradient was 13, the limit is 13");
  BOOST_TEST(Clipped("12.9").remark == "");
  BOOST_TEST(Clipped("inf").remark == "");
}

BOOST_AUTO_TEST_CASE(no_gradient_of_a_model_exceeds_the_limit) {
  const SmallStudy study;
  const auto model = study.model_of(plugin("gradient_clip", {{"limit", "0.25"}})), plain = study.model({});
  const auto length = [&](learning::Model& m) {
    double squares = 0;
    for (const Layer& l : m.gradient(0, study.inputs, study.batch(0)).layers)
      squares += std::pow(arma::norm(l.W, "fro"), 2) + std::pow(arma::norm(l.b), 2);
    return std::sqrt(squares);
  };
  BOOST_TEST(length(*plain) > .25);
  BOOST_TEST(length(*model) == .25, boost::test_tools::tolerance(1e-6));  // float32 elements and norms
}

BOOST_AUTO_TEST_SUITE_END()
